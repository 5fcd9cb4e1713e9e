import { defineConfig } from 'vitest/config';
import { defines } from './scripts/build.ts';
import { kernelPlugin } from './scripts/kernel-plugin.ts';
import { needlesPlugin } from './scripts/needles-plugin.ts';
import { packPlugin } from './scripts/pack-plugin.ts';
import { rulesPlugin } from './scripts/rules-plugin.ts';

const root = import.meta.dirname;

export default defineConfig({
  plugins: [rulesPlugin(root), needlesPlugin(root), kernelPlugin(root), packPlugin(root)],
  define: defines(root),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

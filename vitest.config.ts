import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Files share a process, so each worker loads `src/` once instead of once per file.
    isolate: false,
    // One more than there are cores: many tests wait for git or for a clock.
    maxWorkers: availableParallelism() + 1,
  },
});

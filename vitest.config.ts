import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Files share a process, so each worker loads `src/` once instead of once per file.
    isolate: false,
    // One more than there are cores: many tests wait for git or for a clock.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'library',
          include: ['test/**/*.test.ts'],
          exclude: ['test/long/**', 'test/e2e/**', 'test/system/**'],
        },
      },
      // In processes of their own: to start git from one that has grown large takes longer than git.
      { extends: true, test: { name: 'commands', include: ['test/e2e/**/*.test.ts'] } },
      { extends: true, test: { name: 'system', include: ['test/system/**/*.test.ts'] } },
    ],
  },
});

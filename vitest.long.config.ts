import { defineConfig } from 'vitest/config';

// The long tests, and the properties with all of their random cases; commands are tested by `npm test` and `npm run test:system`.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/system/**'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 900_000,
    // Folders of many or large files are removed after the tests.
    hookTimeout: 900_000,
    env: { GLAIVE_TEST_RUNS: 'long' },
    maxWorkers: 2,
  },
});

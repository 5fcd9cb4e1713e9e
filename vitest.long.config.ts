import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// Same set-up, other tests: the long ones, which `npm test` leaves out, and the properties with all of their random cases.
const long = mergeConfig(base, defineConfig({ test: { testTimeout: 600_000, env: { GLAIVE_TEST_RUNS: 'long' } } }));

export default defineConfig({
  ...long,
  test: { ...long['test'], include: ['test/long/**/*.test.ts', 'test/property/**/*.test.ts'], exclude: [] },
});

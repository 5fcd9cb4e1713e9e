import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// Same set-up: the long tests, which `npm test` leaves out, and the properties with all of their random cases.
const long = mergeConfig(base, defineConfig({ test: { testTimeout: 900_000, env: { GLAIVE_TEST_RUNS: 'long' } } }));

export default defineConfig({ ...long, test: { ...long['test'], exclude: ['test/e2e/**'] } });

import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// The long tests, and the properties with all of their random cases; commands are tested by `npm test` and `npm run test:system`.
const long = mergeConfig(base, defineConfig({ test: { testTimeout: 900_000, env: { GLAIVE_TEST_RUNS: 'long' } } }));

export default defineConfig({ ...long, test: { ...long['test'], exclude: ['test/e2e/**', 'test/system/**'] } });

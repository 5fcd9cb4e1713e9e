import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// Same set-up, other tests: the long ones, which `npm test` leaves out.
const long = mergeConfig(base, defineConfig({ test: { testTimeout: 600_000 } }));

export default defineConfig({ ...long, test: { ...long['test'], include: ['test/long/**/*.test.ts'], exclude: [] } });

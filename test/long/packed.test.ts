/** The pack reader and the sieve on many repositories made of seeds: zero differences. */

import { expect, it } from 'vitest';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { comparePacks } from '../support/pack-equality.ts';

const WAYS = [
  {},
  { depth: 4000, window: 10 },
  { objectFormat: 'sha256' as const },
  { depth: 1, window: 250 },
  { depth: 10, window: 50, repack: ['--max-pack-size=1m'] },
  { depth: 250, window: 250 },
];

it.each(Array.from({ length: 24 }, (_, index) => 100 + index))('seed %s', async (seed) => {
  const how = WAYS[seed % WAYS.length]!;
  const compared = await comparePacks(fuzzRepository(seed, { commits: 1000, ...how }), how.objectFormat);
  expect(compared.differences).toEqual([]);
  expect(compared.parts).toBeGreaterThan(500);
});

/** The pack scanner on random repositories finds the same as git's objects, searched one by one. */

import { expect, it } from 'vitest';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { comparePacks } from '../support/pack-equality.ts';
import { runs, seeds } from '../support/runs.ts';

const WAYS = [
  {},
  { depth: 4000, window: 10 },
  { objectFormat: 'sha256' as const },
  { depth: 1, window: 250 },
  { depth: 10, window: 50, repack: ['--max-pack-size=1m'] },
  { depth: 250, window: 250 },
];

it.each(seeds({ fast: 3, long: 24 }).map((seed) => [seed, WAYS[seed % WAYS.length]!] as const))(
  'packs read like git reads them: seed %i, %j',
  async (seed, how) => {
    const commits = runs({ fast: 250, long: 1000 });
    const compared = await comparePacks(fuzzRepository(seed + 1, { commits, ...how }), how.objectFormat ?? 'sha1');
    expect(compared.differences).toEqual([]);
    expect(compared.objects).toBeGreaterThan(700);
    expect(compared.inherited).toBeGreaterThan(100);
    expect(compared.unclean).toBeGreaterThan(50);
  },
);

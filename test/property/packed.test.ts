/** The pack reader and the sieve on repositories made of seeds: the same as git's objects, looked at one by one. */

import { describe, expect, it } from 'vitest';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { comparePacks } from '../support/pack-equality.ts';

describe('a repository made of a seed', { timeout: 120_000 }, () => {
  it.each([
    [1, {}],
    [2, { depth: 4000, window: 10 }],
    [3, { objectFormat: 'sha256' }],
    [4, { depth: 1, window: 250 }],
  ] as const)('seed %s, %j', async (seed, how) => {
    const root = fuzzRepository(seed, { commits: 250, ...how });
    const compared = await comparePacks(root, 'objectFormat' in how ? how.objectFormat : 'sha1');
    expect(compared.differences).toEqual([]);
    expect(compared.objects).toBeGreaterThan(700);
    expect(compared.parts).toBeGreaterThan(100);
    expect(compared.suspects).toBeGreaterThan(50);
  });
});

/** Two thousand repositories with pools and forks, whose workers are killed a hundred times. */

import { expect, it } from 'vitest';
import { compareWithTruth, sweepUnderFire } from '../support/fleet-faults.ts';
import { makeFleet } from '../support/fleet.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('2 000 repositories and 100 deaths: nothing is lost, nothing is there twice', async () => {
  const fleet = makeFleet(tempFolder(), {
    seed: 21,
    alone: 1750,
    pools: 10,
    members: 20,
    leaks: 100,
    packed: 100,
    empty: 40,
  });
  expect(fleet.repositories).toHaveLength(2000);
  const store = tempFolder();
  const table = await sweepUnderFire(fleet, { store, seed: 22, kills: 100 });
  const code = await compareWithTruth(fleet, store);
  console.table({ ...table, repositories: fleet.repositories.length, secrets: fleet.tokens.length, code });
  expect(code).toBe(1);
}, 3_600_000);

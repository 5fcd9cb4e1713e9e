/** Two thousand repositories with pools and forks: workers, and the servers of their queues, are killed a hundred times. */

import { expect, it } from 'vitest';
import { compareWithTruth, sweepUnderFire } from '../support/fleet-faults.ts';
import { type Fleet, makeFleet } from '../support/fleet.ts';
import { BACK_ENDS } from '../support/queue-servers.ts';
import { tempFolder } from '../support/temp-folder.ts';

const manyOf = (seed: number): Fleet => {
  const fleet = makeFleet(tempFolder(), {
    seed,
    alone: 1750,
    pools: 10,
    members: 20,
    leaks: 100,
    packed: 100,
    empty: 40,
  });
  expect(fleet.repositories).toHaveLength(2000);
  return fleet;
};

it('on a disk: nothing is lost, nothing is there twice', async () => {
  const fleet = manyOf(21);
  const store = tempFolder();
  const table = await sweepUnderFire(fleet, { store, seed: 22, kills: 100 });
  const code = await compareWithTruth(fleet, store);
  console.table({ ...table, repositories: fleet.repositories.length, secrets: fleet.tokens.length, code });
  expect(code).toBe(1);
}, 3_600_000);

it.each(Object.keys(BACK_ENDS))(
  'through a queue on %s, which is killed too: nothing is lost, nothing is there twice',
  async (name) => {
    const fleet = manyOf(23);
    const store = tempFolder();
    const table = await sweepUnderFire(fleet, { store, seed: 24, kills: 50, queue: await BACK_ENDS[name]!() });
    const code = await compareWithTruth(fleet, store);
    console.table({ name, ...table, repositories: fleet.repositories.length, secrets: fleet.tokens.length, code });
    expect(code).toBe(1);
  },
  3_600_000,
);

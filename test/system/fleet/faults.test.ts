/** Whatever dies, and whenever: nothing is lost, and nothing is there twice. `test/long/` has thousands of repositories. */

import { expect, it } from 'vitest';
import { compareWithTruth, sweepUnderFire } from '../../support/fleet-faults.ts';
import { makeFleet } from '../../support/fleet.ts';
import { BACK_ENDS } from '../../support/queue-servers.ts';
import { IS_LONG } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FEW = { seed: 11, alone: 8, pools: 1, members: 3, leaks: 5, packed: 3, empty: 1 };

it('the findings of a fleet are its truth, although workers are killed', async () => {
  const fleet = makeFleet(tempFolder(), FEW);
  const store = tempFolder();
  await sweepUnderFire(fleet, { store, seed: 12, kills: 3 });
  expect(await compareWithTruth(fleet, store)).toBe(1);
}, 120_000);

it.runIf(IS_LONG).each(Object.keys(BACK_ENDS))(
  'so they are with a queue on %s, which is killed too',
  async (name) => {
    const fleet = makeFleet(tempFolder(), FEW);
    const store = tempFolder();
    const table = await sweepUnderFire(fleet, { store, seed: 13, kills: 10, queue: await BACK_ENDS[name]!() });
    expect(table.servers).toBeGreaterThan(0);
    expect(await compareWithTruth(fleet, store)).toBe(1);
  },
  300_000,
);

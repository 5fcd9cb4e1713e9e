/** Whatever dies, and whenever: nothing is lost, and nothing is there twice. `test/long/` has thousands of repositories. */

import { expect, it } from 'vitest';
import { compareWithTruth, sweepUnderFire } from '../../support/fleet-faults.ts';
import { makeFleet } from '../../support/fleet.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('the findings of a fleet are its truth, although workers are killed', async () => {
  const fleet = makeFleet(tempFolder(), { seed: 11, alone: 8, pools: 1, members: 3, leaks: 5, packed: 3, empty: 1 });
  const store = tempFolder();
  await sweepUnderFire(fleet, { store, seed: 12, kills: 3 });
  expect(await compareWithTruth(fleet, store)).toBe(1);
}, 120_000);

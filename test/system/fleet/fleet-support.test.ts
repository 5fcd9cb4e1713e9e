/** The fleets of the tests are real: git finds nothing wrong with them, and glaive finds what their truth says. */

import { expect, it } from 'vitest';
import { makeFleet } from '../../support/fleet.ts';
import { glaive } from '../../support/run-cli.ts';
import { git, tempFolder } from '../../support/temp-folder.ts';

interface Found {
  readonly findings: readonly { readonly secretFingerprint: string }[];
}

it('repositories are whole, and a sweep of each finds its truth', async () => {
  const fleet = makeFleet(tempFolder(), { seed: 7, alone: 2, pools: 1, members: 2, leaks: 3, packed: 3, empty: 1 });
  expect(fleet.repositories).toHaveLength(6);
  expect(fleet.tokens).toHaveLength(5);
  fleet.leakInto(fleet.repositories.at(-2)!);
  for (const { dir, secrets, isPool, pool, place } of fleet.repositories) {
    expect(git(dir, 'fsck', '--full'), place).not.toMatch(/error|missing|broken/);
    const { stdout } = await glaive(['history', dir, '--format', 'json'], { cwd: dir });
    const found = new Set((JSON.parse(stdout) as Found).findings.map((each) => each.secretFingerprint));
    // The member of a pool can read all that is in the pool.
    const wanted = pool === undefined || isPool ? secrets : expect.arrayContaining([...secrets]);
    expect([...found].toSorted(), place).toEqual(wanted);
  }
});

/** Members of pools, and forks, find what a sweep from nothing finds. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import { writeNetworks } from '../../../src/fleet/sharing.ts';
import { readPlan, writePlan } from '../../../src/fleet/plan.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { keyOfPlace, planOf, reportsOf, secretsIn } from '../../support/fleet-plan.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { seeds } from '../../support/runs.ts';
import { git, tempFolder } from '../../support/temp-folder.ts';

const work = async (store: string, ...args: string[]) =>
  await glaiveProcess(['fleet', 'work', '--store', store, '--disk-free', '1', ...args]);

function pools(seed: number): { readonly fleet: Fleet; readonly store: string } {
  const folder = tempFolder();
  const sizes = { seed, alone: 1, pools: 1 + (seed % 2), members: 2, commits: 3 + seed, leaks: 2, packed: seed % 4 };
  return { fleet: makeFleet(join(folder, 'disk'), sizes), store: join(folder, 'store') };
}

it.each(seeds({ fast: 2, long: 12 }))(
  'members find what their history holds, night after night; seed %i',
  async (seed) => {
    const { fleet, store } = pools(seed);
    await planOf(fleet, store);
    await work(store, '--jobs', '2');
    const check = (): void => {
      for (const { place, secrets, path } of fleet.repositories)
        expect([path, secretsIn(store, keyOfPlace(place))]).toEqual([path, secrets]);
    };
    check();
    // A leak in a member, in the pool alone, and nothing anywhere else.
    const member = fleet.repositories.find(({ pool }) => pool !== undefined)!;
    fleet.leakInto(member);
    fleet.leakInto(fleet.repositories.find(({ isPool }) => isPool)!);
    await planOf(fleet, store, { id: 'p2' });
    await work(store);
    check();
    for (const { place } of fleet.repositories) {
      const findings = reportsOf(store, keyOfPlace(place)).flatMap((report) => report.findings);
      expect(new Set(findings.map(({ secretFingerprint }) => secretFingerprint)).size).toBe(findings.length);
    }
  },
);

it('a member is scanned with all objects if its pool could not be swept', async () => {
  const { fleet, store } = pools(4);
  const pool = fleet.repositories.find(({ isPool }) => isPool)!;
  const member = fleet.repositories.find(({ pool: of }) => of === pool.place)!;
  await planOf(fleet, store);
  await work(store, keyOfPlace(member.place));
  // With what is in the pool alone: without the pool's own sweep it would be missed.
  expect(secretsIn(store, keyOfPlace(member.place))).toEqual(
    [...new Set([...member.secrets, ...pool.secrets])].toSorted(),
  );
});

it('clones of forks leave out what is clean in their network, and nothing else', async () => {
  const { fleet, store } = pools(6);
  const server = tempFolder();
  const members = fleet.repositories.filter(({ isPool }) => !isPool);
  await planOf(fleet, store);
  const { head, items } = readPlan(store, 'p1');
  const root = members.find(({ pool }) => pool !== undefined)!;
  const cloned = members.map(({ dir, place, project, path, pool }) => {
    const target = join(server, `${project}.git`);
    // Without alternates, and with the refs that a server offers.
    git(server, 'clone', '--quiet', '--mirror', '--no-local', dir, target);
    return {
      key: keyOfPlace(place),
      path,
      url: pathToFileURL(target).href,
      ...(pool === root.pool ? { network: keyOfPlace(root.place) } : {}),
    };
  });
  expect(items.length).toBeGreaterThan(cloned.length);
  const plan = { head: { ...head, source: { kind: 'list' as const }, items: cloned.length }, items: cloned };
  for (const id of ['q1', 'q2', 'q3']) {
    await writePlan(store, { ...plan, head: { ...plan.head, id } });
    if (id === 'q2') await writeNetworks(store, plan);
    // With the ids of the network alone, as a new fork has no state.
    if (id !== 'q1') for (const name of ['state', 'report', 'mirror']) rmSync(join(store, name), { recursive: true });
    const ran = await work(store, '--plan', id, ...(id === 'q3' ? ['--mirror', 'drop'] : []));
    expect(ran.stderr).toMatch(/^glaive: \d+ repositories swept\nnext: glaive fleet merge .*\n$/);
    for (const { place, secrets, path } of members) {
      expect([path, secretsIn(store, keyOfPlace(place))]).toEqual([path, secrets]);
      expect(readAttempt(store, id, keyOfPlace(place))?.outcome).toBe('whole');
    }
  }
});

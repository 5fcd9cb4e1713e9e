/** `glaive fleet work` over whole plans, with its child processes. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { generationsOf, keyOfPlace, planOf, reportsOf, secretsIn } from '../../support/fleet-plan.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const work = async (store: string, ...args: string[]) =>
  await glaiveProcess(['fleet', 'work', '--store', store, '--disk-free', '1', ...args]);

function small(seed: number): { readonly fleet: Fleet; readonly store: string } {
  const folder = tempFolder();
  const fleet = makeFleet(join(folder, 'disk'), { seed, alone: 6, leaks: 3, empty: 1 });
  return { fleet, store: join(folder, 'store') };
}

it('sweeps every repository of a plan, and nothing twice', async () => {
  const { fleet, store } = small(1);
  await planOf(fleet, store);
  const first = await work(store, '--jobs', '2');
  const next = `next: glaive fleet merge --store '${store}' --plan p1\n`;
  expect(first).toMatchObject({ code: 1, stderr: `glaive: 7 repositories swept\n${next}` });
  for (const { place, secrets } of fleet.repositories) {
    const key = keyOfPlace(place);
    expect(secretsIn(store, key)).toEqual(secrets);
    expect(readAttempt(store, 'p1', key)).toMatchObject({
      try: 1,
      outcome: /empty/.test(place) ? 'empty' : expect.any(String),
    });
  }
  expect(readdirSync(join(store, 'tmp'))).toEqual([]);
  expect(await work(store)).toMatchObject({
    code: 1,
    stderr: `glaive: 0 repositories swept, 7 were done before\n${next}`,
  });

  // The next plan: one repository has a new leak, the others are as they were.
  const [changed, ...others] = fleet.repositories;
  const leak = fleet.leakInto(changed!);
  await planOf(fleet, store, { id: 'p2' });
  expect(await work(store)).toMatchObject({ code: 1 });
  const key = keyOfPlace(changed!.place);
  expect(reportsOf(store, key).map(({ name }) => name)).toEqual(['0.json', '1.json']);
  expect(reportsOf(store, key)[1]!.findings.map(({ secretFingerprint }) => secretFingerprint)).toEqual([leak]);
  for (const { place } of others) expect(generationsOf(store, keyOfPlace(place))).not.toContain(2);
});

it('sweeps the repositories that are named, by key, path or folder, or on standard input', async () => {
  const { fleet, store } = small(2);
  const { items } = await planOf(fleet, store);
  const [a, b, c, d] = items;
  const printed = await work(store, '--print-items');
  expect(printed.stdout.trim().split('\n')).toEqual(items.map(({ key }) => key));
  await work(store, a!.key, b!.path!);
  await glaiveProcess(['fleet', 'work', '--store', store, '--stdin'], { input: `${c!.dir}\n${d!.key}\n` });
  const left = (await work(store, '--print-items')).stdout.trim().split('\n');
  expect(left).toEqual(items.slice(4).map(({ key }) => key));
  const wrong = await work(store, 'no/such-project');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('no/such-project is no repository of the plan p1');
});

it('each part has repositories of its own, and the parts together all of them', async () => {
  const { fleet, store } = small(3);
  const { items } = await planOf(fleet, store);
  const parts: string[] = [];
  for (const part of ['1/3', '2/3', '3/3'])
    parts.push(...(await work(store, '--print-items', '--shard', part)).stdout.split('\n').filter((key) => key !== ''));
  expect(parts.toSorted()).toEqual(items.map(({ key }) => key).toSorted());
});

it('names a repository that is gone, and sweeps the others', async () => {
  const { fleet, store } = small(4);
  const { items } = await planOf(fleet, store);
  rmSync(items[0]!.dir!, { recursive: true });
  rmSync(items[1]!.dir!, { recursive: true });
  mkdirSync(items[1]!.dir!);
  const ran = await work(store);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`${items[0]!.path}: gone: its folder does not exist any more`);
  expect(readAttempt(store, 'p1', items[0]!.key)).toMatchObject({ outcome: 'gone' });
  expect(readAttempt(store, 'p1', items[1]!.key)).toMatchObject({ outcome: 'error' });
  for (const { key } of items.slice(2)) expect(readAttempt(store, 'p1', key)?.outcome).toMatch(/^(?:whole|empty)$/);
});

it('scans again from nothing where the state is damaged, says so, and keeps the old findings', async () => {
  const { fleet, store } = small(5);
  await planOf(fleet, store);
  await work(store);
  const repository = fleet.repositories.find(({ secrets }) => secrets.length > 0)!;
  const key = keyOfPlace(repository.place);
  writeFileSync(join(store, 'state', key.slice(0, 2), `${key}.1`), 'no state');
  await planOf(fleet, store, { id: 'p2' });
  expect(await work(store, key)).toMatchObject({ code: 1 });
  expect(reportsOf(store, key).map(({ name }) => name)).toEqual(['0.json', '1.json']);
  expect(reportsOf(store, key)[1]!.notes.join()).toMatch(
    /is not a state of glaive history; everything was scanned again/,
  );
  expect(secretsIn(store, key)).toEqual(repository.secrets);
  expect(generationsOf(store, key)).toEqual([1, 2]);
});

it("the configuration is that of the plan, and never the repository's own", async () => {
  const { fleet, store } = small(6);
  const leaking = fleet.repositories.filter(({ secrets }) => secrets.length > 0);
  const [one] = leaking;
  writeFileSync(join(one!.dir, '.glaive.toml'), '[scan]\nexclude = ["**"]\n');
  writeFileSync(join(one!.dir, '.glaiveignore'), '*\n');
  await planOf(fleet, store);
  await work(store);
  expect(secretsIn(store, keyOfPlace(one!.place))).toEqual(one!.secrets);
  const other = join(tempFolder(), 'store');
  const before = reportsOf(store, keyOfPlace(one!.place)).flatMap(({ findings }) => findings);
  const rule = before[0]!.ruleId;
  const config = join(tempFolder(), 'fleet.toml');
  writeFileSync(config, `[rules]\ndisable = ["${rule}"]\n`);
  await glaiveProcess(['fleet', 'plan', '--store', other, '--disk', fleet.root, '--config', config]);
  rmSync(config);
  await work(other);
  for (const { place } of leaking) {
    const findings = reportsOf(other, keyOfPlace(place)).flatMap((each) => each.findings);
    expect(findings.map(({ ruleId }) => ruleId)).not.toContain(rule);
  }
  expect(reportsOf(other, keyOfPlace(one!.place))).toHaveLength(1);
});

it('refuses a plan for rules that it does not have', async () => {
  const { fleet, store } = small(7);
  await planOf(fleet, store, { detection: 'd'.repeat(64) });
  const ran = await work(store);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('the plan p1 is for rules that are not those of glaive');
  expect(readdirSync(store)).toEqual(['plans']);
});

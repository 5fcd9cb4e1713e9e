/** Workers of `glaive fleet work` that die: at each moment of an item, with every try, with their supervisor. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { generationsOf, keyOfPlace, planOf, reportsOf, secretsIn } from '../../support/fleet-plan.ts';
import { glaiveProcess, startGlaive, until } from '../../support/run-program.ts';
import { IS_LONG, some } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const DIE = join(import.meta.dirname, '..', '..', 'support', 'die-at.cjs');

const dyingAt = (moment: string, key = ''): Record<string, string> => ({
  NODE_OPTIONS: `--require ${DIE}`,
  GLAIVE_TEST_DIE_AT: moment,
  GLAIVE_TEST_DIE_KEY: key,
});

const argsOf = (store: string, ...args: string[]): string[] => [
  'fleet',
  'work',
  `--store=${store}`,
  '--disk-free=1',
  ...args,
];

function small(seed: number, alone = 2): { readonly fleet: Fleet; readonly store: string } {
  const folder = tempFolder();
  return {
    fleet: makeFleet(join(folder, 'disk'), { seed, alone, leaks: Math.ceil(alone / 2) }),
    store: join(folder, 'store'),
  };
}

const MOMENTS = ['begin', 'sweep', 'stage-report', 'stage-state', 'report', 'state', 'attempt'].flatMap((moment) =>
  ['before', 'after'].map((when) => `${moment} ${when}`),
);

it.each(some(MOMENTS, 3))('a worker that is killed: %s; nothing is lost, nothing is there twice', async (moment) => {
  const { fleet, store } = small(1);
  await planOf(fleet, store);
  const repository = fleet.repositories.find(({ secrets }) => secrets.length > 0)!;
  const key = keyOfPlace(repository.place);
  const died = await glaiveProcess(argsOf(store, key), { env: dyingAt(moment) });
  expect(died).toMatchObject({ code: 75, stderr: expect.stringContaining('killed: it was ended by SIGKILL') });
  expect(readAttempt(store, 'p1', key)).toMatchObject({ outcome: 'killed' });
  const second = await glaiveProcess(argsOf(store, key));
  expect(second.code).toBe(1);
  expect(readAttempt(store, 'p1', key)).toMatchObject({ outcome: 'whole' });
  expect(secretsIn(store, key)).toEqual(repository.secrets);
  const reports = reportsOf(store, key);
  expect(reports.map(({ name }) => name)).toEqual(['0.json']);
  expect(reports[0]!.findings).toHaveLength(repository.secrets.length);
  expect(generationsOf(store, key)).toEqual([1]);
});

it('a report of the same generation that says something else is kept besides the first', async () => {
  const { fleet, store } = small(2);
  await planOf(fleet, store);
  const [repository] = fleet.repositories;
  const key = keyOfPlace(repository!.place);
  await glaiveProcess(argsOf(store, key), { env: dyingAt('state before') });
  const leak = fleet.leakInto(repository!);
  await glaiveProcess(argsOf(store, key));
  expect(reportsOf(store, key).map(({ name }) => name)).toEqual(['0.2.json', '0.json']);
  expect(secretsIn(store, key)).toEqual([...repository!.secrets, leak].toSorted());
});

it('a repository that kills its worker every time is named, and the others are swept', async () => {
  const { fleet, store } = small(3, 3);
  await planOf(fleet, store);
  const venom = fleet.repositories[2]!;
  const key = keyOfPlace(venom.place);
  const ran = await glaiveProcess(argsOf(store, '--jobs', '2'), { env: dyingAt('report before', key) });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`${venom.path}: killed: it was ended by SIGKILL`);
  expect(readAttempt(store, 'p1', key)).toMatchObject({ try: 3, outcome: 'killed' });
  for (const { place, secrets } of fleet.repositories) {
    if (place === venom.place) continue;
    expect(readAttempt(store, 'p1', keyOfPlace(place))?.outcome).toBe('whole');
    expect(secretsIn(store, keyOfPlace(place))).toEqual(secrets);
  }
});

/** A git that hangs, and a program that it has started, which does not end when it does. */
function hangingGit(): { readonly env: Record<string, string>; readonly pids: () => number[] } {
  const folder = tempFolder();
  const pids = join(folder, 'pids');
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\ntrap '' TERM\nsh -c 'trap "" TERM; echo $$ >> "${pids}"; while :; do sleep 1; done' &\necho $$ >> "${pids}"\nwhile :; do sleep 1; done\n`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  return {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    pids: () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []),
  };
}

/** Whether it runs, or is a zombie that its parent has not buried. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('a sweep that hangs is ended with everything that it has started', async () => {
  const { fleet, store } = small(4, 1);
  const { items } = await planOf(fleet, store);
  const { env, pids } = hangingGit();
  const ran = await glaiveProcess(argsOf(store, '--time-limit', '1'), { env });
  expect(ran.code).toBe(2);
  expect(readAttempt(store, 'p1', items[0]!.key)).toMatchObject({ try: 1, outcome: 'timeout' });
  expect(pids().length).toBeGreaterThanOrEqual(2);
  await until(() => pids().every((pid) => !isAlive(pid)));
});

it.runIf(IS_LONG)('a sweep that listens to nothing any more is ended from outside', async () => {
  const { fleet, store } = small(9, 1);
  const { items } = await planOf(fleet, store);
  const ran = await glaiveProcess(argsOf(store, '--time-limit', '1'), { env: dyingAt('report hang') });
  expect(ran.code).toBe(2);
  expect(readAttempt(store, 'p1', items[0]!.key)).toMatchObject({
    try: 1,
    outcome: 'timeout',
    reason: 'it did not end in time: 1 s, and 3 s more',
  });
});

it.each(some(['SIGTERM', 'SIGKILL', 'SIGINT'] as const, 2))(
  '%s of the supervisor leaves nothing running',
  async (signal) => {
    const { fleet, store } = small(5, 1);
    await planOf(fleet, store);
    const { env, pids } = hangingGit();
    const { child, ended } = startGlaive(argsOf(store), { env });
    await until(() => pids().length >= 2);
    child.kill(signal);
    expect((await ended).code).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 130);
    await until(() => pids().every((pid) => !isAlive(pid)));
    const [{ place }] = fleet.repositories as [Fleet['repositories'][number]];
    expect(readAttempt(store, 'p1', keyOfPlace(place))).toBeUndefined();
  },
);

it('a sweep that needs more memory than it may have is ended, and named', async () => {
  const { fleet, store } = small(6, 1);
  const { items } = await planOf(fleet, store);
  // Node alone needs more.
  const ran = await glaiveProcess(argsOf(store, '--memory', '10m'), { env: hangingGit().env });
  expect(ran.code).toBe(2);
  expect(readAttempt(store, 'p1', items[0]!.key)).toMatchObject({
    outcome: 'memory',
    reason: expect.stringMatching(/^it needed .* of memory, and .* were allowed$/),
  });
});

it('begins nothing while the disk is too full', async () => {
  const { fleet, store } = small(7);
  await planOf(fleet, store);
  const ran = await glaiveProcess(['fleet', 'work', '--store', store, '--disk-free', '900000g']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('2 repositories not begun: the disk of');
  expect(existsSync(join(store, 'attempt'))).toBe(false);
});

it('two workers at once do no harm', async () => {
  const { fleet, store } = small(8, 4);
  await planOf(fleet, store);
  await Promise.all([glaiveProcess(argsOf(store)), glaiveProcess(argsOf(store))]);
  for (const { place, secrets } of fleet.repositories) {
    const key = keyOfPlace(place);
    expect(secretsIn(store, key)).toEqual(secrets);
    expect(reportsOf(store, key).map(({ name }) => name)).toEqual(['0.json']);
    expect(generationsOf(store, key)).toEqual([1]);
    expect(readAttempt(store, 'p1', key)?.outcome).toBe('whole');
  }
  // Git itself has written nothing.
  for (const { dir } of fleet.repositories)
    expect(execFileSync('find', [dir, '-newer', join(store, 'plans', 'p1.jsonl')], { encoding: 'utf8' })).toBe('');
});

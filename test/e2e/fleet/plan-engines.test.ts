/** `glaive fleet plan --gitlab-ci`, and addresses of queues that cannot be: what is written, and what is refused before anything is. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPlan } from '../../../src/fleet/plan.ts';
import { statePath } from '../../../src/fleet/store.ts';
import { makeFleet } from '../../support/fleet.ts';
import { glaive } from '../../support/run-cli.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

interface Job {
  readonly parallel?: number;
  readonly script: readonly string[];
  readonly after_script?: readonly string[];
}

function world() {
  const cwd = tempFolder();
  const fleet = makeFleet(join(cwd, 'disk'), { seed: 1, alone: 5, leaks: 1 });
  const plan = async (...more: string[]) =>
    await glaive(['fleet', 'plan', '--store', 'fleet', '--disk', 'disk', '--shards', '3', ...more], { cwd });
  return { cwd, fleet, plan };
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();

it('a pipeline has a job for each part, and travels with reports, and with the states that it needs', async () => {
  const { cwd, plan } = world();
  expect((await plan()).code).toBe(0);
  const { items, head } = readPlan(join(cwd, 'fleet'), undefined);
  const [first] = items;
  writeFiles(join(cwd, 'fleet'), {
    [`report/${first!.key.slice(0, 2)}/${first!.key}.0.json`]: '{}',
    'index/summary.json': '{}',
    'mirror/aa/a.git/HEAD': 'x',
    lineage: '7\n',
  });
  for (const generation of [1, 2])
    writeFiles('/', { [statePath(join(cwd, 'fleet'), first!.key, generation)]: 'state' });
  // Of a repository that is in no plan any more.
  writeFiles('/', { [statePath(join(cwd, 'fleet'), 'f'.repeat(24), 1)]: 'state' });
  const { code, stderr } = await glaive(
    ['fleet', 'plan', '--store', 'fleet', '--disk', 'disk', '--shards', '3', '--gitlab-ci', 'sweep/child.yml'],
    { cwd, env: { CI_JOB_IMAGE: 'registry.example.com/glaive:1' } },
  );
  expect([code, stderr]).toEqual([0, '']);
  const next = readPlan(join(cwd, 'fleet'), undefined).head;
  expect(next.id).not.toBe(head.id);
  const key = `${first!.key.slice(0, 2)}/${first!.key}`;
  expect(filesIn(join(cwd, 'sweep'))).toEqual(
    [
      'child.yml',
      'child-store/index/summary.json',
      'child-store/planned-on',
      `child-store/plans/${next.id}.jsonl`,
      `child-store/report/${key}.0.json`,
      `child-store/state/${key}.2`,
    ].toSorted(),
  );
  expect(readFileSync(join(cwd, 'sweep/child-store/planned-on'), 'utf8')).toBe('7\n');
  const pipeline = parse(readFileSync(join(cwd, 'sweep/child.yml'), 'utf8')) as Record<string, Job>;
  expect(pipeline['default']).toMatchObject({ image: 'registry.example.com/glaive:1' });
  expect(pipeline['sweep']).toMatchObject({ parallel: 3 });
  expect(pipeline['sweep']!.script[0]).toContain(`--plan ${next.id} --shard`);
});

it('a part keeps only what it has made itself', async () => {
  const { cwd, plan } = world();
  await plan('--gitlab-ci', 'child.yml');
  const old = join(cwd, 'child-store/report/aa/old.json');
  writeFiles('/', { [old]: '{}' });
  utimesSync(old, 1_700_000_000, 1_700_000_000);
  const made = join(cwd, 'child-store/report/aa/new.json');
  writeFiles('/', { [made]: '{}' });
  utimesSync(made, 4_000_000_000, 4_000_000_000);
  const pipeline = parse(readFileSync(join(cwd, 'child.yml'), 'utf8')) as Record<string, Job>;
  const { runProgram } = await import('../../support/run-program.ts');
  expect((await runProgram('sh', ['-c', pipeline['sweep']!.after_script![0]!], { cwd })).code).toBe(0);
  expect(filesIn(join(cwd, 'child-store'))).toEqual(['report/aa/new.json']);
});

it('nothing that is not of an earlier pipeline is replaced', async () => {
  const { cwd, plan } = world();
  expect((await plan('--gitlab-ci', 'child.yml')).code).toBe(0);
  expect((await plan('--gitlab-ci', 'child.yml')).code).toBe(0);
  rmSync(join(cwd, 'child-store'), { recursive: true });
  mkdirSync(join(cwd, 'child-store'));
  writeFileSync(join(cwd, 'child-store', 'mine'), '');
  const { code, stderr } = await plan('--gitlab-ci', 'child.yml');
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot write the pipeline child.yml:')]);
  expect(existsSync(join(cwd, 'child-store', 'mine'))).toBe(true);
});

it.each([
  [['--queue', 'http://host/secret'], '--queue must be the address of a queue'],
  [['--queue', 'env'], '--queue env: GLAIVE_FLEET_QUEUE is not set'],
])('%j is refused before anything is planned', async (flags, message) => {
  const { cwd, plan } = world();
  const { code, stderr } = await plan(...flags);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('secret');
  expect(existsSync(join(cwd, 'fleet'))).toBe(false);
});

it('a queue that cannot be reached is named, and the plan is there', async () => {
  const { cwd, plan } = world();
  const { code, stderr } = await plan('--queue', 'redis://:secret@127.0.0.1:1/0');
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot reach the queue redis://127.0.0.1:1/0')]);
  expect(stderr).not.toContain('secret');
  expect(readPlan(join(cwd, 'fleet'), undefined).items).toHaveLength(5);
});

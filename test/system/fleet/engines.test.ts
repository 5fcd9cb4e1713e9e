/** The engines of docs/fleet.md, run for real on a fleet with a truth: a queue, GNU parallel, and the lines of the Kubernetes manifest. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { blocksIn } from '../../support/documented.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { keyOfPlace, reportsOf, secretsIn } from '../../support/fleet-plan.ts';
import { BACK_ENDS } from '../../support/queue-servers.ts';
import { glaiveProcess, runProgram, start, startGlaive, until } from '../../support/run-program.ts';
import { IS_LONG, runs, some } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { withGlaiveOnPath } from '../../support/tools.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'fleet.md'), 'utf8');

interface World {
  readonly fleet: Fleet;
  readonly store: string;
}

function world(seed: number, alone = 6): World {
  const folder = tempFolder();
  const fleet = makeFleet(join(folder, 'disk'), { seed, alone, pools: 1, members: 2, leaks: 4, empty: 1 });
  return { fleet, store: join(folder, 'store') };
}

/** What has no result yet, or lacks a finding, by place. */
const missing = ({ fleet, store }: World): string[] =>
  fleet.repositories
    .filter(({ place, path, secrets }) => {
      const key = keyOfPlace(place);
      const found = new Set(secretsIn(store, key));
      return (
        (reportsOf(store, key).length === 0 && !path.startsWith('empty/')) || secrets.some((each) => !found.has(each))
      );
    })
    .map(({ place }) => place);

const attempts = (store: string): number =>
  existsSync(join(store, 'attempt'))
    ? readdirSync(join(store, 'attempt'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json'),
      ).length
    : 0;

// Both are tested in queue.test.ts.
describe.each(some(Object.keys(BACK_ENDS), 1))('a queue on %s', (name) => {
  it('is planned, worked on by two workers, and leaves nothing out', async () => {
    const server = await BACK_ENDS[name]!();
    const { fleet, store } = world(1, runs({ fast: 3, long: 6 }));
    const env = { GLAIVE_FLEET_QUEUE: server.url };
    const planned = await glaiveProcess(
      ['fleet', 'plan', '--store', store, '--disk', fleet.root, '--queue', 'env', '--quiet'],
      { env },
    );
    expect([planned.code, planned.stderr]).toEqual([0, '']);
    const work = ['fleet', 'work', '--store', store, '--disk-free', '1', '--queue', 'env', '--jobs', '1', '--quiet'];
    const both = await Promise.all([glaiveProcess(work, { env }), glaiveProcess(work, { env })]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [1, ''],
      [1, ''],
    ]);
    expect(missing({ fleet, store })).toEqual([]);
    // Planned again, with the address as an argument: only what has changed.
    const secret = fleet.leakInto(fleet.repositories.at(-2)!);
    await glaiveProcess(['fleet', 'plan', '--store', store, '--disk', fleet.root, '--queue', server.url]);
    const again = await glaiveProcess(['fleet', 'work', '--store', store, '--disk-free', '1', '--queue', server.url]);
    expect(again.code).toBe(1);
    expect(secretsIn(store, keyOfPlace(fleet.repositories.at(-2)!.place))).toContain(secret);
    for (const text of [planned, ...both, again].flatMap(({ stdout, stderr }) => [stdout, stderr]))
      expect(text).not.toContain(encodeURIComponent(server.password));
  });

  it.skipIf(!IS_LONG)('goes on when a worker is killed, and when the jobs are lost', { timeout: 180_000 }, async () => {
    const server = await BACK_ENDS[name]!();
    const { fleet, store } = world(2, 30);
    const env = { GLAIVE_FLEET_QUEUE: server.url };
    await glaiveProcess(['fleet', 'plan', '--store', store, '--disk', fleet.root, '--queue', 'env'], { env });
    const work = ['fleet', 'work', '--store', store, '--disk-free', '1', '--queue', 'env', '--jobs', '1'];
    const killed = startGlaive(work, { env });
    await until(() => attempts(store) >= 5);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const other = startGlaive(work, { env });
    await until(() => attempts(store) >= 15);
    server.lose();
    expect((await other.ended).code).toBe(1);
    expect(missing({ fleet, store })).toEqual([]);
  });
});

const hasParallel = spawnSync('parallel', ['--version']).status === 0;

describe.skipIf(!hasParallel)('GNU parallel', () => {
  const recipe = blocksIn(DOCUMENT).find(({ language, code }) => language === 'sh' && code.includes('parallel '));
  const commands = recipe!.code.replace(/\\\n/g, '').split(/\n(?! )/);

  it.runIf(IS_LONG)('as documented goes on where it was killed', { timeout: 120_000 }, async () => {
    const { fleet, store } = world(3, runs({ fast: 5, long: 12 }));
    const options = { env: { ...withGlaiveOnPath(), PARALLEL_HOME: tempFolder() }, cwd: tempFolder() };
    const [plan, sweep] = commands.map((command) =>
      command.replaceAll('/srv/git', fleet.root).replaceAll(/(?<=--store )fleet\b|\bfleet(?=\/jobs)/g, store),
    ) as [string, string];
    expect((await runProgram('sh', ['-c', plan], options)).code).toBe(0);
    const killed = start('setsid', ['sh', '-c', sweep], options);
    await until(() => attempts(store) >= runs({ fast: 2, long: 4 }));
    // With everything that it has started, as when the machine dies.
    spawnSync('sh', ['-c', `kill -9 $(ps -o pid= --sid ${killed.child.pid})`]);
    await killed.ended;
    expect(missing({ fleet, store })).not.toEqual([]);
    const { code, stderr } = await runProgram('sh', ['-c', sweep], options);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('parallel: Error')]);
    expect(missing({ fleet, store })).toEqual([]);
  });
});

describe('Kubernetes', () => {
  const file = join(ROOT, 'templates', 'kubernetes', 'fleet.yaml');
  const CHECKER = process.env['KUBERNETES_VALIDATE'] ?? 'kubernetes-validate';
  const check = (path: string) => spawnSync(CHECKER, ['--strict', path], { encoding: 'utf8' });

  it.skipIf(spawnSync(CHECKER, ['--version']).status !== 0)('the manifest fits its schemas, which catch a typo', () => {
    expect(check(file)).toMatchObject({ status: 0 });
    const wrong = join(tempFolder(), 'wrong.yaml');
    writeFileSync(wrong, readFileSync(file, 'utf8').replace('backoffLimitPerIndex', 'backoffLimitPerIndx'));
    const { status, stdout, stderr } = check(wrong);
    expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('backoffLimitPerIndx')]);
  });

  it('its lines plan, and sweep in parts', async () => {
    const { fleet, store } = world(4, runs({ fast: 2, long: 6 }));
    const lines = parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
      const { kind, spec } = document.toJS() as Manifest;
      if (kind !== 'CronJob') return [];
      const { args } = spec.jobTemplate.spec.template.spec.containers[0]!;
      expect(args.slice(0, 2)).toEqual(['sh', '-c']);
      return [args[2]!];
    });
    const [plan, sweep] = lines.map((line) =>
      line
        .replaceAll('/fleet', store)
        .replace(/--gitlab-url \S+ --group \S+/, `--disk ${fleet.root}`)
        .replace('--shards 64', '--shards 3')
        .replace('/64', '/3'),
    ) as [string, string];
    const env = withGlaiveOnPath();
    expect((await runProgram('sh', ['-c', plan], { env })).code).toBe(0);
    for (const index of ['0', '1', '2'])
      expect((await runProgram('sh', ['-c', sweep], { env: { ...env, JOB_COMPLETION_INDEX: index } })).code).toBe(0);
    expect(missing({ fleet, store })).toEqual([]);
  });
});

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } };
      };
    };
  };
}

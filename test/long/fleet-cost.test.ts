/**
 * What a sweep of many repositories costs: `npm run evidence -- fleet` prints the tables. The model of docs/fleet.md is made of them.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Fleet, makeFleet } from '../support/fleet.ts';
import { BACK_ENDS } from '../support/queue-servers.ts';
import { CLI } from '../support/run-cli.ts';
import { glaiveProcess, startGlaive } from '../support/run-program.ts';
import { printTable } from '../support/table.ts';
import { gitEnvironment, tempFolder } from '../support/temp-folder.ts';

interface Cost {
  /** Seconds of all processes. */
  readonly cpu: number;
  readonly seconds: number;
}

const QUOTED = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** What a line of bash costs with all processes that it starts. @param codes that are no surprise */
function costOf(line: string, codes: readonly number[] = [0, 1]): Cost {
  const script = `TIMEFORMAT='COST %R %U %S'; time { ${line}; code=$?; } ; exit $code`;
  let stderr = '';
  let code = 0;
  try {
    execFileSync('bash', ['-c', `{ ${script}; } 2>'${join(costs(), 'stderr')}'`], {
      env: gitEnvironment(),
      stdio: 'ignore',
    });
  } catch (error) {
    code = (error as { status: number }).status;
  }
  stderr = readFileSync(join(costs(), 'stderr'), 'utf8');
  expect(codes, stderr).toContain(code);
  const [, real, user, system] = /COST ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr)!;
  return { seconds: Number(real), cpu: Number(user) + Number(system) };
}

let folder: string | undefined;
function costs(): string {
  return (folder ??= tempFolder());
}

const fleetCommand = (verb: string, store: string, ...more: readonly string[]): string =>
  [process.execPath, CLI, 'fleet', verb, '--store', store, ...more].map(QUOTED).join(' ');

const bytesIn = (where: string): number =>
  readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const perItem = (cost: Cost, count: number): string => ((cost.cpu * 1000) / count).toFixed(2);

/** Plans, works and merges. */
function night(fleet: Fleet, store: string, ...planFlags: readonly string[]): Record<'plan' | 'work' | 'merge', Cost> {
  return {
    plan: costOf(fleetCommand('plan', store, '--disk', fleet.root, ...planFlags)),
    work: costOf(fleetCommand('work', store)),
    merge: costOf(fleetCommand('merge', store)),
  };
}

it('grows with the repositories, and a night without changes costs next to nothing', () => {
  folder = tempFolder();
  const rows = [500, 1000, 2000].map((count) => {
    const pools = count / 200;
    const fleet = makeFleet(tempFolder(), {
      seed: count,
      alone: count - 21 * pools,
      pools,
      members: 20,
      leaks: count / 20,
      packed: count / 10,
    });
    const store = tempFolder();
    const first = night(fleet, store);
    const stored = bytesIn(store);
    const second = night(fleet, store, '--since-last');
    const unchanged = second.plan.cpu + second.work.cpu + second.merge.cpu;
    return {
      repositories: count,
      'plan, ms each': perItem(first.plan, count),
      'work, ms each': perItem(first.work, count),
      'merge, ms each': perItem(first.merge, count),
      'bytes each': Math.round(stored / count),
      'first night, s': first.work.seconds.toFixed(1),
      'second night, CPU ms each': ((unchanged * 1000) / count).toFixed(2),
    };
  });
  printTable('Fleets by size; CPU of all processes', rows);
  // Fixed costs weigh on the small ones only. The limit of the second night is that of DESIGN.
  expect(Number(rows[2]!['work, ms each'])).toBeLessThan(1.3 * Number(rows[0]!['work, ms each']));
  expect(Number(rows[2]!['second night, CPU ms each'])).toBeLessThan(5);
}, 3_600_000);

it('forks cost what is new in them', () => {
  folder = tempFolder();
  const fleet = makeFleet(tempFolder(), {
    seed: 5,
    alone: 1,
    pools: 3,
    members: 10,
    leaks: 6,
    commits: 1500,
    packed: 3,
  });
  const store = tempFolder();
  const shared = night(fleet, store);
  const alone = tempFolder();
  costOf(fleetCommand('plan', alone, '--disk', fleet.root));
  const plan = readdirSync(join(alone, 'plans')).find((name) => name.endsWith('.jsonl'));
  const lines = readFileSync(join(alone, 'plans', plan!), 'utf8')
    .trimEnd()
    .split('\n');
  const without = lines.map((line) => {
    const { network: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify(rest);
  });
  writeFileSync(join(alone, 'plans', plan!), `${without.join('\n')}\n`);
  const unshared = costOf(fleetCommand('work', alone));
  printTable('3 pools of 4 500 objects with 10 forks each', [
    { forks: 'by themselves', 'CPU, s': unshared.cpu.toFixed(1) },
    { forks: 'with what their pool has', 'CPU, s': shared.work.cpu.toFixed(1) },
  ]);
  expect(shared.work.cpu).toBeLessThan(unshared.cpu / 2);
}, 3_600_000);

it('an engine adds little, and a finished sweep is resumed at once', async () => {
  folder = tempFolder();
  const count = 300;
  const fleet = makeFleet(tempFolder(), { seed: 9, alone: count, leaks: 0 });
  const newStore = (): string => {
    const store = tempFolder();
    costOf(fleetCommand('plan', store, '--disk', fleet.root));
    return store;
  };
  const rows: Record<string, string | number>[] = [];
  const measure = (engine: string, line: (store: string) => string): string => {
    const store = newStore();
    const cost = costOf(line(store));
    rows.push({
      engine,
      'CPU, ms a repository': perItem(cost, count),
      'time, ms a repository': ((cost.seconds * 1000) / count).toFixed(1),
    });
    return store;
  };
  const store = measure('glaive fleet work', (at) => fleetCommand('work', at, '--jobs', '2'));
  const items = (at: string): string => fleetCommand('work', at, '--print-items');
  measure('xargs', (at) => `${items(at)} | xargs -P2 -n1 ${fleetCommand('work', at)}`);
  if (hasProgram('parallel'))
    measure('GNU parallel', (at) => `${items(at)} | parallel -j2 ${fleetCommand('work', at)} '{}'`);
  for (const [name, start] of Object.entries(BACK_ENDS)) {
    const server = await start();
    const at = newStore();
    const planned = await glaiveProcess(['fleet', 'plan', '--store', at, '--disk', fleet.root, '--queue', server.url]);
    expect(planned.code, planned.stderr).toBe(0);
    const cost = costOf(fleetCommand('work', at, '--jobs', '2', '--queue', server.url));
    rows.push({
      engine: name,
      'CPU, ms a repository': perItem(cost, count),
      'time, ms a repository': ((cost.seconds * 1000) / count).toFixed(1),
    });
    await server.kill();
  }
  printTable(`Engines: ${count} repositories of a few objects, two at a time`, rows);
  const again = costOf(fleetCommand('work', store));
  const { child, ended } = startGlaive(['fleet', 'work', '--store', newStore(), '--jobs', '2']);
  setTimeout(() => child.kill('SIGKILL'), 2000);
  await ended;
  printTable('Resumed', [{ finished: count, 'CPU, s': again.cpu.toFixed(2), 'time, s': again.seconds.toFixed(2) }]);
  expect(again.cpu).toBeLessThan(2);
}, 3_600_000);

function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

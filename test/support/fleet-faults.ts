/** Sweeps a fleet while its workers are killed at random, and compares what is found with the truth. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Fleet } from './fleet.ts';
import { Random } from './mint.ts';
import type { QueueServer } from './queue-servers.ts';
import { glaiveProcess, startGlaive } from './run-program.ts';

export interface FaultOptions {
  readonly store: string;
  readonly seed: number;
  /** How many processes are killed. */
  readonly kills: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Added to `fleet work`. */
  readonly work?: readonly string[];
  /** The server of a queue, which dies too, and is started again. Then two supervisors work at the same time. */
  readonly queue?: QueueServer;
}

export interface FaultTable {
  nights: number;
  /** Kills, by what died. */
  supervisors: number;
  children: number;
  gits: number;
  servers: number;
}

/** Milliseconds: from one kill to the next, and from that of a server to its return, at most. */
const LONGEST = 2500;

/** Plans and works, night after night with new leaks, until so many processes were killed; and then to the end, undisturbed. */
export async function sweepUnderFire(fleet: Fleet, options: FaultOptions): Promise<FaultTable> {
  const { store, kills, seed, env = {}, work = [], queue } = options;
  const random = new Random(seed);
  const table: FaultTable = { nights: 0, supervisors: 0, children: 0, gits: 0, servers: 0 };
  const queued = queue === undefined ? [] : ['--queue', queue.url];
  const plan = async (): Promise<void> => {
    table.nights++;
    const since = table.nights > 1 ? ['--since-last'] : [];
    const args = ['fleet', 'plan', '--store', store, '--disk', fleet.root, ...since, ...queued];
    const planned = await glaiveProcess(args, { env });
    expect(planned.code, planned.stderr).toBe(0);
  };
  const command = ['fleet', 'work', '--store', store, '--jobs', queue === undefined ? '3' : '2', ...work];
  const supervisors = supervisorsOf([...command, ...queued], env);
  await plan();
  for (let done = 0; done < kills;) {
    // One that has ended by itself has found nothing left to do: the sweep of this night is over.
    if (supervisors.hasEnded()) {
      await supervisors.allEnded();
      const members = fleet.repositories.filter(({ isPool }) => !isPool);
      for (let leaks = 0; leaks < 5; leaks++) fleet.leakInto(random.pick(members));
      await plan();
    }
    supervisors.keep(queue === undefined ? 1 : 2);
    await setTimeout(50 + random.below(LONGEST - 50));
    if (queue !== undefined && random.below(4) === 0) {
      await queue.kill();
      await setTimeout(random.below(LONGEST));
      await queue.restart();
      [done, table.servers] = [done + 1, table.servers + 1];
      continue;
    }
    const pids = supervisors.pids();
    const victim = random.pick(pids.flatMap(familyOf));
    if (victim === undefined || !kill(victim.pid)) continue;
    done++;
    if (pids.includes(victim.pid)) table.supervisors++;
    else if (victim.name === 'git') table.gits++;
    else table.children++;
  }
  await supervisors.allEnded();
  // Through the queue too: what it has lost must come back by the plan.
  const last = await glaiveProcess([...command, ...queued], { env });
  expect(last.stderr).not.toMatch(/internal error/);
  expect([0, 1], last.stderr).toContain(last.code);
  return table;
}

/** `glaive fleet work`, so many at the same time. */
function supervisorsOf(command: readonly string[], env: Readonly<Record<string, string>>) {
  const running = new Map<number, Promise<unknown>>();
  let hasEnded = false;
  return {
    pids: (): number[] => [...running.keys()],
    hasEnded: (): boolean => hasEnded,
    /** Starts those that were killed again. */
    keep(count: number): void {
      hasEnded = false;
      while (running.size < count) {
        const { child, ended } = startGlaive(command, { env });
        child.stdin.end();
        const pid = child.pid!;
        const over = ended.then(({ code, stderr }) => {
          expect(stderr).not.toMatch(/internal error/);
          running.delete(pid);
          hasEnded ||= code !== 'SIGKILL';
        });
        running.set(pid, over);
      }
    },
    allEnded: async (): Promise<void> => void (await Promise.all(running.values())),
  };
}

interface Member {
  readonly pid: number;
  readonly name: string;
}

/** A process and all that it has started, as they are now. */
function familyOf(root: number): Member[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [, name = '', , parent = '0'] =
        /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${entry}/stat`, 'latin1')) ?? [];
      parents.set(Number(entry), { parent: Number(parent), name });
    } catch {
      // It has ended.
    }
  }
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid, { parent }] of parents) if (family.has(parent)) family.add(pid);
  }
  return [...family].flatMap((pid) => (parents.has(pid) ? [{ pid, name: parents.get(pid)!.name }] : []));
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

interface Row {
  readonly key: string;
  readonly secretFingerprint: string;
  readonly fingerprint: string;
}

/** Merges, and holds the index against the truth: each secret of each repository is there, and none twice. @returns the exit code */
export async function compareWithTruth(fleet: Fleet, store: string): Promise<number | string> {
  const merged = await glaiveProcess(['fleet', 'merge', '--store', store]);
  expect(merged.stderr).not.toMatch(/internal error/);
  const dirs = dirsByKey(store);
  const rows = linesOf<Row>(join(store, 'index', 'findings.jsonl'));
  const found = new Map<string, string[]>();
  for (const { key, secretFingerprint } of rows) {
    const dir = dirs.get(key) ?? key;
    found.set(dir, [...(found.get(dir) ?? []), secretFingerprint]);
  }
  const secretsOf = new Map(fleet.repositories.map(({ place, secrets }) => [place, secrets]));
  const wrong = fleet.repositories.flatMap(({ dir, place, pool = '', secrets }) => {
    // A member that is swept before its pool finds all that git shows it, and that is the whole pool.
    const possible = new Set([...secrets, ...(secretsOf.get(pool) ?? [])]);
    const here = (found.get(dir) ?? []).toSorted();
    const distinct = [...new Set(here)];
    const lost = secrets.filter((secret) => !distinct.includes(secret)).length;
    const invented = distinct.filter((secret) => !possible.has(secret)).length;
    return lost + invented === 0 ? [] : [`${place}: ${lost} lost, ${invented} too many`];
  });
  expect(wrong).toEqual([]);
  const identities = rows.map(({ key, fingerprint }) => `${key} ${fingerprint}`);
  expect(identities.length).toBe(new Set(identities).size);
  return merged.code;
}

function dirsByKey(store: string): Map<string, string> {
  const plans = readdirSync(join(store, 'plans')).filter((name) => name.endsWith('.jsonl'));
  const items = plans.flatMap((name) => linesOf<{ key?: string; dir?: string }>(join(store, 'plans', name)));
  return new Map(items.flatMap(({ key, dir }) => (key === undefined || dir === undefined ? [] : [[key, dir]])));
}

function linesOf<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

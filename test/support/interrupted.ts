/** Runs glaive, sends it a signal when it has worked for so long, and says what came of it. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { withFakeGit } from './fake-git.ts';
import type { Ran } from './run-cli.ts';
import { startGlaive } from './run-program.ts';
import { tempFolder } from './temp-folder.ts';

export interface Interrupted extends Ran {
  /** Whether it was still running when the signal was sent. */
  readonly wasRunning: boolean;
  /** Seconds of its own processor time, of all threads: until the signal, and after it. */
  readonly before: number;
  readonly after: number;
  /** How often git was started after the signal. */
  readonly startedAfter: number;
}

/** Clock ticks in a second, which Linux shows to programs whatever its own clock is. */
const TICKS = 100;
/** A signal is on its way for a moment, and what was about to be started is started, and says so. */
const DELIVERED_MS = 250;
/** JavaScript hears of it at its next turn: modules that are being loaded come first. Seconds of processor time. */
const TURN = 0.1;
/** It may be waiting for git, and need none. */
const TURN_MS = 1000;

/**
 * @param at seconds of its processor time; the load of the machine changes nothing about where that is. Infinity: never
 */
export async function interrupted(
  args: readonly string[],
  cwd: string,
  at: number,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Interrupted> {
  const starts = join(tempFolder(), 'starts');
  const env = withFakeGit(`echo >> '${starts}'\nexec "$REAL_GIT" "$@"`);
  const { child, ended } = startGlaive(args, { cwd, env });
  child.stdin.end();
  const count = (): number => (existsSync(starts) ? statSync(starts).size : 0);
  const seen = { isOver: false, used: 0 };
  void ended.finally(() => (seen.isOver = true));
  const watch = async (until: number): Promise<void> => {
    while (!seen.isOver && seen.used < until) {
      await setTimeout(5);
      seen.used = cpuOf(child.pid!) ?? seen.used;
    }
  };
  await watch(at);
  const before = seen.used;
  const wasRunning = !seen.isOver && child.kill(signal);
  const sent = performance.now();
  const passed = (): number => performance.now() - sent;
  while (!seen.isOver && (passed() < DELIVERED_MS || (seen.used < before + TURN && passed() < TURN_MS))) {
    await setTimeout(5);
    seen.used = cpuOf(child.pid!) ?? seen.used;
  }
  const known = count();
  await watch(Number.POSITIVE_INFINITY);
  return { ...(await ended), wasRunning, before, after: seen.used - before, startedAfter: count() - known };
}

/** Seconds of a process, without its children (proc(5): utime and stime). */
function cpuOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
    // One that has ended and was not waited for has forgotten.
    return seconds > 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
}

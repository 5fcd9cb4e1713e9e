/**
 * Turns between processes, on one machine or on several that share a disk: the process that has made the file has its turn,
 * and touches the file until its turn is over. Packages for this put handlers on the process, which change what signals do.
 *
 * It saves work, and no more: after a pause of the machine there may be two, which must be safe.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { defined } from './defined.ts';

/** Milliseconds between two touches. */
const TOUCH = 5000;
/** Milliseconds without a touch after which the other one must have died. */
const DEAD_AFTER = 30_000;
/** Milliseconds between two looks. */
const LOOK = 100;

export interface TurnOptions {
  /** Ends the wait, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly deadAfter?: number;
}

/**
 * Waits for its turn, does the work and gives the turn back.
 *
 * @param path of the file; its folder must exist
 * @throws what `work` throws, the signal's reason, or the file system's error
 */
export async function inTurn<T>(path: string, work: () => Promise<T>, options: TurnOptions = {}): Promise<T> {
  const name = await takeTurn(path, options);
  const timer = setInterval(() => touch(path), TOUCH).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (nameIn(path) === name) rmSync(path, { force: true });
  }
}

async function takeTurn(path: string, { signal, deadAfter = DEAD_AFTER }: TurnOptions): Promise<string> {
  const name = `${place()} ${randomBytes(8).toString('hex')}`;
  let seen = '';
  let since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    try {
      writeFileSync(path, name, { flag: 'wx', mode: 0o600 });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // No clock is compared with that of another machine.
    const now = stateOf(path);
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since > deadAfter || isGone(nameIn(path))) rmSync(path, { force: true });
    else await pause(LOOK, undefined, defined({ signal })).catch(() => {});
  }
}

/** The machine, its processes and this one; only on Linux it says anything about processes. */
function place(): string {
  return `${encodeURIComponent(hostname())} ${link('/proc/self/ns/pid')} ${link('/proc/self')}`;
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '-';
  }
}

/** Whether a process has ended that can be seen from here. */
function isGone(name: string | undefined): boolean {
  const [host, processes, pid = '-'] = name?.split(' ') ?? [];
  const [ownHost, ownProcesses] = place().split(' ');
  return pid !== '-' && host === ownHost && processes === ownProcesses && !existsSync(`/proc/${pid}`);
}

function nameIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function stateOf(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path);
    return `${ino} ${mtimeMs}`;
  } catch {
    return '';
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Another process has removed it, or the disk is gone.
  }
}

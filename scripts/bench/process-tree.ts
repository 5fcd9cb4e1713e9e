/** Runs a program to its end, and measures it together with every process it starts. */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { childrenCpu } from './measure.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The file that standard input is; empty if absent. */
  readonly stdin?: string;
  /** The file that standard output goes to; discarded if absent. */
  readonly stdout?: string;
  /** Ends the whole tree of processes after this time. */
  readonly seconds?: number;
}

export interface Run {
  /** Null if it was ended by a signal. */
  readonly code: number | null;
  readonly timedOut: boolean;
  /** Milliseconds; CPU time is user and system time of all processes. */
  readonly cpu: number;
  readonly wall: number;
  /** Bytes: the peak of the process itself (proc(5): VmHWM), and the largest sum of all processes at one time. */
  readonly peak: number;
  readonly peakOfAll: number;
  /** The end of standard error. */
  readonly stderr: string;
}

const SAMPLE_MS = 20;
const STDERR_KEPT = 4000;

/** @throws Error if the program cannot be started */
export async function runProcessTree([program, ...args]: readonly string[], options: RunOptions): Promise<Run> {
  const out = options.stdout === undefined ? ('ignore' as const) : openSync(options.stdout, 'w');
  const input = options.stdin === undefined ? ('ignore' as const) : openSync(options.stdin, 'r');
  const before = childrenCpu();
  const start = performance.now();
  // A group of its own, so that all of it can be ended.
  const child = spawn(program!, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [input, out, 'pipe'],
    detached: true,
  });
  let stderr = '';
  child.stderr!.on('data', (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-STDERR_KEPT)));
  const ended = new Promise<{ readonly code: number | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code }));
  });
  let [peak, peakOfAll, timedOut] = [0, 0, false];
  try {
    for (;;) {
      const end = await Promise.race([ended, setTimeout(SAMPLE_MS)]);
      const wall = performance.now() - start;
      if (end !== undefined)
        return { code: end.code, timedOut, cpu: childrenCpu() - before, wall, peak, peakOfAll, stderr };
      peak = Math.max(peak, statusOf(child.pid!, 'VmHWM'));
      peakOfAll = Math.max(peakOfAll, peak, residentOfTree(child.pid!));
      if (!timedOut && options.seconds !== undefined && wall > options.seconds * 1000) {
        timedOut = true;
        process.kill(-child.pid!, 'SIGKILL');
      }
    }
  } finally {
    for (const file of [input, out]) if (typeof file === 'number') closeSync(file);
  }
}

/** Pages that several processes share count for each of them. */
function residentOfTree(pid: number): number {
  let sum = statusOf(pid, 'VmRSS');
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim();
      if (children !== '') for (const child of children.split(' ')) sum += residentOfTree(Number(child));
    }
  } catch {
    // It has just ended.
  }
  return sum;
}

/** In bytes; 0 of a process that has ended. */
function statusOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

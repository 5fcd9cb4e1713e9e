/** Ends the processes of a sweep that needs too much memory, or does not end in time. */

import { formatBytes } from '../lib/format-amounts.ts';
import type { SweepChild } from './child.ts';
import { memoryOfGroups } from './usage.ts';

export interface Limits {
  /** Of the whole group, in bytes. */
  readonly memory: number | undefined;
  /** Seconds after which the sweep ends by itself. */
  readonly timeLimit: number | undefined;
}

export interface Exceeded {
  readonly outcome: 'memory' | 'timeout';
  readonly reason: string;
}

export interface Watch {
  exceeded(): Exceeded | undefined;
  /** The most memory that was seen, in bytes. */
  peak(): number | undefined;
  end(): void;
}

/** Milliseconds between two looks at the memory. */
const POLL = 250;
/** Milliseconds from the polite signal to the one that cannot be refused. */
const LAST_WORDS = 2000;

export function watchLimits(child: SweepChild, { memory, timeLimit }: Limits): Watch {
  const timers: NodeJS.Timeout[] = [];
  let exceeded: Exceeded | undefined;
  let peak: number | undefined;
  if (timeLimit !== undefined) {
    const reason = `it did not end in time: ${timeLimit} s, and ${graceOf(timeLimit)} s more`;
    const whenLate = (): void => {
      exceeded ??= { outcome: 'timeout', reason };
      child.terminate();
      timers.push(setTimeout(() => child.end(), LAST_WORDS));
    };
    timers.push(setTimeout(whenLate, Math.min((timeLimit + graceOf(timeLimit)) * 1000, 2 ** 31 - 1)));
  }
  const { pid } = child;
  if (memory !== undefined && pid !== undefined) {
    const look = (): void => {
      const used = memoryOfGroups(new Set([pid])).get(pid);
      if (used === undefined) return;
      peak = Math.max(peak ?? 0, used);
      if (used <= memory) return;
      exceeded ??= {
        outcome: 'memory',
        reason: `it needed ${formatBytes(used)} of memory, and ${formatBytes(memory)} were allowed`,
      };
      child.end();
    };
    timers.push(setInterval(look, POLL));
  }
  return {
    exceeded: () => exceeded,
    peak: () => peak,
    end: () => timers.forEach(clearTimeout),
  };
}

/** Seconds that a sweep has to publish what it has read until its limit. */
function graceOf(timeLimit: number): number {
  return Math.min(30, Math.max(3, timeLimit / 10));
}

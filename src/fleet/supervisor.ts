/**
 * Sweeps the repositories of a plan in child processes, several at the same time. Many small ones share a child; a large one has one of
 * its own. A child that dies takes nothing with it but the repository in its hands, which is tried again alone.
 */

import { statfsSync } from 'node:fs';
import { type Attempt, isDone, type Outcome } from './attempt.ts';
import type { Answer, Ended, SweepChild } from './child.ts';
import { recordAttempt } from './item.ts';
import { watchLimits } from './limits.ts';
import type { PlanHead, PlanItem } from './plan.ts';
import { turnsOf } from './turns.ts';

export interface SupervisorOptions {
  readonly store: string;
  readonly head: PlanHead;
  /** The keys of the repositories that need no sweep. */
  readonly unchanged: ReadonlySet<string>;
  readonly jobs: number;
  /** Of all processes of one sweep, in bytes. */
  readonly memory?: number | undefined;
  /** Seconds for one repository. */
  readonly timeLimit?: number | undefined;
  /** How often a sweep that was killed is tried again. */
  readonly retries: number;
  /** Bytes: no sweep begins while less is free. */
  readonly diskFree: number;
  readonly startChild: () => SweepChild;
  readonly writer: string;
  /** Ends every child at once. */
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  readonly onBegin?: (item: PlanItem) => void;
  /** Called for the last try of each repository. */
  readonly onEnd?: (item: PlanItem, attempt: Attempt) => void;
  /** For tests; default: what the file system says. */
  readonly freeBytes?: () => number;
}

export interface Supervised {
  /** Items that were not begun. */
  readonly left: number;
  readonly stoppedBy: StoppedBy | undefined;
}

/** Why no further sweep begins: each would fail. */
export type StoppedBy = 'disk-full' | 'token-refused';

/** From this size on, in bytes, a repository has a child of its own. */
const LARGE = 64 * 1024 * 1024;
/** A child is replaced after so many repositories, or when it has grown to this many bytes. */
const TURNS_MAX = 1000;
const GROWN = 384 * 1024 * 1024;

/** A sweep that ended without a word from its child. */
type Lost = Extract<Outcome, 'killed' | 'memory' | 'timeout'>;

/** @throws the file system's error if attempts cannot be written */
export async function supervise(items: readonly PlanItem[], options: SupervisorOptions): Promise<Supervised> {
  const { jobs, signal, store, diskFree } = options;
  const turns = turnsOf(items);
  const free = options.freeBytes ?? (() => freeBytes(store));
  const slots = Array.from({ length: Math.min(jobs, items.length) }, () => openSlot(options));
  const endAll = (): void => {
    turns.close();
    for (const slot of slots) slot.end();
  };
  signal.addEventListener('abort', endAll);
  let stoppedBy: StoppedBy | undefined;
  const work = async (slot: Slot): Promise<void> => {
    for (;;) {
      if (signal.aborted || stoppedBy !== undefined) return;
      const item = await turns.next();
      if (item === undefined || signal.aborted) return;
      // Another sweep may have filled it while this one waited for its pool.
      if (free() < diskFree) stoppedBy ??= 'disk-full';
      if (stoppedBy !== undefined) {
        turns.giveBack(item);
        turns.close();
        return;
      }
      options.onBegin?.(item);
      const swept = await slot.sweep(item);
      turns.ended(item);
      if (swept === undefined) return;
      const { attempt, isRefused } = swept;
      if (attempt.outcome === 'disk-full') stoppedBy ??= 'disk-full';
      else if (isRefused === true) stoppedBy ??= 'token-refused';
      options.onEnd?.(item, attempt);
    }
  };
  try {
    await Promise.all(slots.map(work));
  } finally {
    signal.removeEventListener('abort', endAll);
    endAll();
  }
  return { left: signal.aborted ? 0 : turns.left(), stoppedBy };
}

function freeBytes(store: string): number {
  const { bavail, bsize } = statfsSync(store);
  return bavail * bsize;
}

type Done = Required<Pick<Answer, 'isRefused'>> & { readonly attempt: Attempt };

/** For an engine that gives one repository at a time. */
export interface Slots {
  /** Not more at once than there are jobs. @returns undefined if it was interrupted */
  sweep: Slot['sweep'];
  end(): void;
}

/** Its children end with the signal of the options, or with `end`. */
export function openSlots(options: SupervisorOptions): Slots {
  const { signal } = options;
  const all: Slot[] = [];
  const free: Slot[] = [];
  const end = (): void => {
    for (const slot of all) slot.end();
  };
  signal.addEventListener('abort', end);
  return {
    async sweep(item) {
      let slot = free.pop();
      if (slot === undefined) all.push((slot = openSlot(options)));
      try {
        return await slot.sweep(item);
      } finally {
        free.push(slot);
      }
    },
    end() {
      signal.removeEventListener('abort', end);
      end();
    },
  };
}

interface Slot {
  /** @returns undefined if it was interrupted */
  sweep(item: PlanItem): Promise<Done | undefined>;
  end(): void;
}

function openSlot(options: SupervisorOptions): Slot {
  const { signal, retries } = options;
  let shared: { readonly child: SweepChild; turns: number } | undefined;
  let current: SweepChild | undefined;
  const endShared = (): void => {
    shared?.child.end();
    shared = undefined;
  };
  const child = (isAlone: boolean): SweepChild => {
    if (isAlone || (shared !== undefined && shared.turns >= TURNS_MAX)) endShared();
    if (isAlone) return options.startChild();
    shared ??= { child: options.startChild(), turns: 0 };
    shared.turns++;
    return shared.child;
  };
  const tryOnce = async (item: PlanItem, isAlone: boolean): Promise<Tried | undefined> => {
    current = child(isAlone);
    const tried = await askWithin(current, item, options);
    if (signal.aborted) return undefined;
    const mustEnd = isAlone || 'lost' in tried || !isDone(tried.attempt.outcome) || (tried.attempt.rss ?? 0) > GROWN;
    if (mustEnd) {
      current.end();
      shared = undefined;
    }
    return tried;
  };
  return {
    async sweep(item) {
      let isAlone = (item.size ?? 0) >= LARGE;
      for (let left = retries; ; left--) {
        const tried = await tryOnce(item, isAlone);
        if (tried === undefined) return undefined;
        if (!('lost' in tried)) {
          // Something has ended its git.
          if (tried.attempt?.outcome !== 'killed' || left <= 0) return tried;
          isAlone = true;
          continue;
        }
        // What others have left in the memory of a shared child is not its fault.
        const isOver = tried.lost === 'timeout' || (tried.lost === 'memory' && isAlone) || left <= 0;
        const { lost, reason, seconds, rss } = tried;
        const attempt = recordAttempt(item, options, {
          outcome: lost,
          reason: options.redact(reason),
          seconds,
          ...(rss === undefined ? {} : { rss }),
        });
        if (isOver) return { attempt, isRefused: false };
        isAlone = true;
      }
    },
    end() {
      current?.end();
      endShared();
    },
  };
}

type Tried =
  | Done
  | { readonly lost: Lost; readonly reason: string; readonly seconds: number; readonly rss: number | undefined };

/** Asks a child to sweep, and ends it if it exceeds a limit. */
async function askWithin(child: SweepChild, item: PlanItem, options: SupervisorOptions): Promise<Tried> {
  const { memory, timeLimit } = options;
  const start = Date.now();
  const limits = watchLimits(child, { memory, timeLimit });
  let answer: Answer | Ended;
  try {
    answer = await child.ask({ item, timeLimit, isPoolUnchanged: options.unchanged.has(item.network ?? '') });
  } finally {
    limits.end();
  }
  if (!('reason' in answer) && answer.attempt !== undefined) {
    const { attempt, isRefused = false } = answer;
    return { attempt, isRefused };
  }
  const exceeded = limits.exceeded();
  const reason = exceeded?.reason ?? ('reason' in answer ? answer.reason : 'something ended its process');
  return {
    lost: exceeded?.outcome ?? 'killed',
    reason,
    seconds: (Date.now() - start) / 1000,
    rss: limits.peak(),
  };
}

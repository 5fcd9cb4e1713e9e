/**
 * A matcher that begins in this thread, and shares its work with worker threads once there was enough of it. Files go to
 * the workers in batches. This thread scans a batch itself when every worker has enough to do, and every input that is no
 * file: standard input, a git blob.
 */

import type { Pool } from '../../lib/pool.ts';
import type { FileToOpen, Input } from '../../model/artifact.ts';
import { threadFailed } from '../../model/errors.ts';
import type { Progress } from '../../model/progress.ts';
import type { Rule } from '../../model/rule.ts';
import type { Matcher, MatchResult } from '../matcher.ts';
import { fromThreadMessage, type ThreadBatch, type ThreadResult } from './protocol.ts';

export interface Threads {
  /** How many threads share the work, this one included; at least 2. */
  readonly count: number;
  /** The built file that the workers run: `scan/detector-thread.ts`. */
  readonly worker: string;
  /** Bytes to scan before workers are started; 0 starts them after the first input. Default: {@link THRESHOLD}. */
  readonly worth?: number | undefined;
}

/**
 * Below it, starting workers takes longer than they save. The number of files is no measure: opening and closing small
 * ones takes longer than searching them, and handing them over costs more than it saves (PERFORMANCE.md).
 */
const THRESHOLD = 1024 * 1024 * 1024;
/** Small enough that the last batches end together, large enough that handing them over costs nothing. */
const BATCH = 64;
/** Batches in the queue of each worker. */
const AHEAD = 3;

interface Waiting {
  readonly input: Input;
  readonly file: FileToOpen;
  readonly signal: AbortSignal | undefined;
  readonly progress: Progress | undefined;
  readonly resolve: (result: MatchResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadedMatcherOptions {
  /** Scans in this thread, one input after the other. */
  readonly local: Matcher;
  readonly rules: readonly Rule[];
  readonly threads: Threads;
}

export function createThreadedMatcher({ local, rules, threads }: ThreadedMatcherOptions): Matcher {
  const { count, worker, worth = THRESHOLD } = threads;
  let bytes = 0;
  let pool: Pool | undefined;
  let batch: Waiting[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  /** Runs after everything that this thread has begun: its kernel has one window. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = queue.then(action);
    queue = result.catch(() => {});
    return result;
  };

  const matchHere = async (waiting: readonly Waiting[]): Promise<void> => {
    for (const { input, signal, progress, resolve, reject } of waiting)
      await local.match(input, signal, progress).then(resolve, reject);
    // Results of the workers arrive only between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  };

  const matchThere = (waiting: readonly Waiting[], workers: Pool): void => {
    const task: ThreadBatch = waiting.map(({ file }) => file);
    workers.run(task).then(
      (results) => {
        for (const [index, { resolve, progress }] of waiting.entries()) {
          const result = fromThreadMessage((results as ThreadResult[])[index]!); // one for each
          progress?.bytes(result.bytes);
          resolve(result);
        }
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(threadFailed(error));
      },
    );
  };

  const flush = (): void => {
    const waiting = batch;
    batch = [];
    if (waiting.length === 0 || pool === undefined) return;
    if (pool.busy >= AHEAD * pool.threads) void inTurn(() => matchHere(waiting));
    else matchThere(waiting, pool);
  };

  const matchAlone = async (input: Input, signal?: AbortSignal, progress?: Progress): Promise<MatchResult> => {
    const result = await local.match(input, signal, progress);
    bytes += result.bytes;
    if (bytes >= worth) {
      // Loaded only when it is needed: most scans are small.
      const { createPool } = await import('../../lib/pool.ts');
      pool = createPool(worker, 'matchFiles', { rules }, count - 1);
    }
    return result;
  };

  return {
    get depth() {
      // While one batch fills up, the others are on their way, so the oldest input is always among those sent.
      return pool === undefined ? 1 : BATCH * (AHEAD * count + 2);
    },
    match(input, signal, progress) {
      // At depth 1 the caller awaits each input, so none is waiting when the workers are started.
      if (pool === undefined) return matchAlone(input, signal, progress);
      const { file, view } = input;
      // A view stays in its thread.
      if (file === undefined || view !== undefined) return inTurn(() => local.match(input, signal, progress));
      return new Promise((resolve, reject) => {
        batch.push({ input, file, signal, progress, resolve, reject });
        if (batch.length === BATCH) flush();
      });
    },
    flush,
    close: async () => await pool?.close(),
  };
}

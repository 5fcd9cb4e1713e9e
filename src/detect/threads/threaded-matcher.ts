/**
 * A matcher that shares its work with other threads when there is enough of it. Files go out in batches; what no thread
 * is free for, this one does itself; and what is no file (standard input, a blob) it always does itself.
 */

import { createPool, type Pool } from '../../lib/pool.ts';
import type { FileToOpen, Input } from '../../model/artifact.ts';
import { threadFailed } from '../../model/errors.ts';
import type { Progress } from '../../model/progress.ts';
import type { Rule } from '../../model/rule.ts';
import type { Matcher, MatchResult } from '../matcher.ts';
import { fromThreadMessage, type ThreadBatch, type ThreadResult } from './protocol.ts';

export interface Threads {
  /** All of them, this one included; at least 2. */
  readonly count: number;
  /** The built file that they run: `scan/detector-thread.ts`. */
  readonly worker: string;
}

/** Small enough that the last batches end together, large enough that handing them over costs nothing. */
const BATCH = 64;
/** Batches at hand for each thread. */
const AHEAD = 3;

interface Waiting {
  readonly input: Input;
  readonly file: FileToOpen;
  readonly signal: AbortSignal | undefined;
  readonly progress: Progress | undefined;
  readonly resolve: (result: MatchResult) => void;
  readonly reject: (error: unknown) => void;
}

/** @param local does what this thread does itself; one thing after the other */
export function createThreadedMatcher(local: Matcher, rules: readonly Rule[], { count, worker }: Threads): Matcher {
  const pool: Pool = createPool(worker, 'matchFiles', { rules }, count - 1);
  let batch: Waiting[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  /** After what this thread has begun: its kernel has one window. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = queue.then(action);
    queue = result.catch(() => {});
    return result;
  };

  const matchHere = async (sent: readonly Waiting[]): Promise<void> => {
    for (const { input, signal, progress, resolve, reject } of sent)
      await local.match(input, signal, progress).then(resolve, reject);
    // Other threads may have finished meanwhile, and are only heard between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  };

  const send = (): void => {
    const sent = batch;
    batch = [];
    if (sent.length === 0) return;
    if (pool.busy >= AHEAD * pool.threads) {
      void inTurn(() => matchHere(sent));
      return;
    }
    const task: ThreadBatch = sent.map(({ file }) => file);
    pool.run(task).then(
      (results) => {
        for (const [index, { resolve, progress }] of sent.entries()) {
          const result = fromThreadMessage((results as ThreadResult[])[index]!); // one for each
          progress?.bytes(result.bytes);
          resolve(result);
        }
      },
      (error: unknown) => {
        for (const { reject } of sent) reject(threadFailed(error));
      },
    );
  };

  return {
    // The oldest of them is always on its way: it was sent when its batch was full.
    depth: BATCH * (AHEAD * count + 2),
    match(input, signal, progress) {
      const { file, view } = input;
      // A view stays in its thread.
      if (file === undefined || view !== undefined) return inTurn(() => local.match(input, signal, progress));
      return new Promise((resolve, reject) => {
        batch.push({ input, file, signal, progress, resolve, reject });
        if (batch.length === BATCH) send();
      });
    },
    flush: send,
    close: () => pool.close(),
  };
}

/** Bytes in, candidates out: fills the window again and again, so memory does not depend on the size of the artifact. */

import type { Artifact, ByteReader, Input, ViewReader } from '../model/artifact.ts';
import type { Candidate } from '../model/candidate.ts';
import { type Drop, dropOf, type OnDrop } from '../model/drop.ts';
import { type Unread, unreadBecause } from '../model/gap.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { ArchiveKind } from '../lib/archive-kind.ts';
import { createEventLoopYield } from '../lib/yield-to-event-loop.ts';
import type { KernelFactory } from './search/kernel.ts';
import { withInstances } from './tokens/instance-prefix.ts';
import { keepBest } from './overlap.ts';
import { Window } from './window.ts';

/** How reading an input ended. The candidates found until then are valid in every case. */
export type ReadOutcome =
  | { readonly kind: 'whole' }
  /** There are more candidates than the result may have. */
  | { readonly kind: 'too-many-findings' }
  /** The signal fired. */
  | { readonly kind: 'stopped' }
  | Unread;

export interface MatchResult {
  /** Sorted by position; none overlaps another. */
  readonly candidates: readonly Candidate[];
  readonly bytes: number;
  readonly outcome: ReadOutcome;
  /** The kinds of archives that it is or contains, by its first and last bytes; absent without any. */
  readonly archives?: readonly ArchiveKind[];
}

export interface Matcher {
  /** Reads the input to its end. An input that cannot be read is a {@link ReadOutcome}; only a bug throws. */
  match(input: Input, signal?: AbortSignal, progress?: Progress): Promise<MatchResult>;
  /** The number of inputs that it accepts before the result of the first must be awaited. */
  readonly depth: number;
  /** Starts every input that is still waiting; to be called after the last one. */
  flush(): void;
  /** Ends its threads. */
  close(): Promise<void>;
}

/** More than people read: an artifact with more candidates is reported as not completely listed. */
const MAX_CANDIDATES = 10_000;

/** A matcher in this thread. */
export function createMatcher(ruleset: Ruleset, createKernel: KernelFactory, onDrop?: OnDrop): Matcher {
  let artifact: Artifact;
  const dropHere = onDrop && ((drop: Omit<Drop, 'artifact'>) => onDrop({ ...drop, artifact }));
  const window = new Window({ ruleset, createKernel, onDrop: dropHere });
  const yieldIfDue = createEventLoopYield();
  let isBusy = false;

  return {
    depth: 1,
    flush() {},
    async close() {},
    async match(input, signal, progress) {
      if (isBusy) throw new Error('a matcher has one window: await each input before the next');
      isBusy = true;
      artifact = input.artifact;
      let reader: ByteReader | ViewReader;
      try {
        const opened = input.open();
        reader = input.view?.(opened, input.artifact) ?? opened;
      } catch (error) {
        isBusy = false;
        return { candidates: [], bytes: 0, outcome: unreadBecause(error) };
      }
      try {
        return await matchStream(reader, signal, progress);
      } finally {
        isBusy = false;
        reader.close();
      }
    },
  };

  async function matchStream(
    reader: ByteReader | ViewReader,
    signal: AbortSignal | undefined,
    progress: Progress | undefined,
  ): Promise<MatchResult> {
    const builtIn: Candidate[] = [];
    const custom: Candidate[] = [];
    let isCut = false;
    window.reset();
    for (;;) {
      let outcome: ReadOutcome | undefined;
      for (let { free } = window; free.length > 0 && outcome === undefined; { free } = window) {
        try {
          const pending = reader.read(free);
          const count = typeof pending === 'number' ? pending : await pending;
          if (count === 0) outcome = { kind: 'whole' };
          window.fill(count, 'places' in reader ? reader.places : undefined);
        } catch (error) {
          outcome = unreadBecause(error);
        }
      }
      const { candidates, done } = window.search(outcome !== undefined);
      for (const candidate of candidates) {
        // A custom rule that matches everywhere does not end the search of the built-in ones.
        const list = candidate.isCustom === true ? custom : builtIn;
        if (list.length < MAX_CANDIDATES) list.push(candidate);
        else {
          if (list === custom) isCut = true;
          else outcome = { kind: 'too-many-findings' };
          dropHere?.(dropOf(candidate, { kind: 'too-many-candidates', max: MAX_CANDIDATES }));
        }
      }
      progress?.bytes(done);
      const yielded = yieldIfDue();
      if (yielded !== undefined) await yielded;
      if (outcome === undefined && signal?.aborted === true) outcome = { kind: 'stopped' };
      if (outcome !== undefined) {
        const { archives } = window;
        if (isCut && outcome.kind === 'whole') outcome = { kind: 'too-many-findings' };
        const result = {
          candidates: keepBest(withInstances([...builtIn, ...custom]), dropHere),
          bytes: window.read,
          outcome,
        };
        return archives.length === 0 ? result : { ...result, archives };
      }
      window.slide();
    }
  }
}

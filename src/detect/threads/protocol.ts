/** What crosses the border between threads: plain values. A secret stays in this process, but loses its guard on the way. */

import type { ArchiveKind } from '../../lib/archive-kind.ts';
import type { FileToOpen } from '../../model/artifact.ts';
import type { Candidate } from '../../model/candidate.ts';
import type { Gap, SkipReason } from '../../model/gap.ts';
import { Skipped, ReadError } from '../../model/gap.ts';
import { Secret } from '../../model/secret.ts';
import type { ReadOutcome, MatchResult } from '../matcher.ts';

/** Files that one thread looks at in one go. */
export type ThreadBatch = readonly FileToOpen[];

type WireEnding =
  | Exclude<ReadOutcome, { readonly kind: 'failed' }>
  | { readonly kind: 'unreadable'; readonly gap: Gap }
  | { readonly kind: 'passed'; readonly reason: SkipReason; readonly what: string | undefined };

type WireCandidate = Omit<Candidate, 'secret' | 'other'> & { readonly secret: string; readonly other?: string };

/** Of a file without candidates that was read to its end its length says everything. */
export type ThreadResult =
  | number
  | {
      readonly bytes: number;
      readonly ending: WireEnding;
      readonly archives?: readonly ArchiveKind[];
      readonly candidates: readonly WireCandidate[];
    };

/** @throws what the input threw when it is neither a gap nor a skip: a bug */
export function toThreadMessage({ bytes, ending, candidates, archives }: MatchResult): ThreadResult {
  if (ending.kind === 'whole' && candidates.length === 0 && archives === undefined) return bytes;
  return {
    bytes,
    ending: endingToWire(ending),
    ...(archives === undefined ? {} : { archives }),
    candidates: candidates.map(({ secret, other, ...rest }) => ({
      ...rest,
      secret: secret.reveal(),
      ...(other === undefined ? {} : { other: other.reveal() }),
    })),
  };
}

export function fromThreadMessage(result: ThreadResult): MatchResult {
  if (typeof result === 'number') return { bytes: result, ending: { kind: 'whole' }, candidates: [] };
  const { bytes, ending, candidates, archives } = result;
  return {
    bytes,
    ending: endingFromWire(ending),
    ...(archives === undefined ? {} : { archives }),
    candidates: candidates.map(({ secret, other, ...rest }) => ({
      ...rest,
      secret: new Secret(secret),
      ...(other === undefined ? {} : { other: new Secret(other) }),
    })),
  };
}

function endingToWire(ending: ReadOutcome): WireEnding {
  if (ending.kind !== 'failed') return ending;
  const { error } = ending;
  if (error instanceof ReadError) return { kind: 'unreadable', gap: error.gap };
  if (error instanceof Skipped) return { kind: 'passed', reason: error.reason, what: error.what };
  throw error;
}

function endingFromWire(ending: WireEnding): ReadOutcome {
  if (ending.kind === 'unreadable') return { kind: 'failed', error: new ReadError(ending.gap) };
  if (ending.kind === 'passed') return { kind: 'failed', error: new Skipped(ending.reason, ending.what) };
  return ending;
}

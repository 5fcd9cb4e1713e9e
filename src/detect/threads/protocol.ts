/**
 * The messages between threads. Plain data is sent as it is; a {@link Secret} is a class, so its text is sent and
 * wrapped again on arrival. It never leaves this process.
 */

import type { FileToOpen } from '../../model/artifact.ts';
import type { Candidate } from '../../model/candidate.ts';
import { Secret } from '../../model/secret.ts';
import type { MatchResult } from '../matcher.ts';

/** Files that one thread scans in one go. */
export type ThreadBatch = readonly FileToOpen[];

type SentCandidate = Omit<Candidate, 'secret' | 'other'> & { readonly secret: string; readonly other?: string };

/** A number is the length of a file that was read whole and has no candidates. */
export type ThreadResult =
  | number
  | (Omit<MatchResult, 'candidates'> & { readonly candidates: readonly SentCandidate[] });

export function toThreadMessage(result: MatchResult): ThreadResult {
  const { bytes, outcome, candidates, archives } = result;
  if (outcome.kind === 'whole' && candidates.length === 0 && archives === undefined) return bytes;
  return {
    ...result,
    candidates: candidates.map(({ secret, other, ...rest }) => ({
      ...rest,
      secret: secret.reveal(),
      ...(other === undefined ? {} : { other: other.reveal() }),
    })),
  };
}

export function fromThreadMessage(result: ThreadResult): MatchResult {
  if (typeof result === 'number') return { bytes: result, outcome: { kind: 'whole' }, candidates: [] };
  return {
    ...result,
    candidates: result.candidates.map(({ secret, other, ...rest }) => ({
      ...rest,
      secret: new Secret(secret),
      ...(other === undefined ? {} : { other: new Secret(other) }),
    })),
  };
}

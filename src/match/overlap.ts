/** Overlapping candidates: the longest wins, then the better evidence, then what is less encoded, then the rule id. */

import type { Candidate } from '../model/candidate.ts';

/** Candidates of which none overlaps another, sorted by position. */
export function keepLongest(candidates: readonly Candidate[]): Candidate[] {
  const sorted = candidates.toSorted((a, b) => a.region.byteOffset - b.region.byteOffset);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    const rival = kept.at(-1);
    if (rival === undefined || endOf(rival) <= candidate.region.byteOffset) kept.push(candidate);
    else if (beats(candidate, rival)) kept[kept.length - 1] = candidate;
  }
  return kept;
}

function endOf({ region }: Candidate): number {
  return region.byteOffset + region.byteLength;
}

function beats(a: Candidate, b: Candidate): boolean {
  if (a.region.byteLength !== b.region.byteLength) return a.region.byteLength > b.region.byteLength;
  if (a.evidence.checksum !== b.evidence.checksum) return a.evidence.checksum === 'fits';
  const [deep, other] = [a.encodings?.length ?? 0, b.encodings?.length ?? 0];
  if (deep !== other) return deep < other;
  return a.ruleId < b.ruleId;
}

/** Overlapping candidates: the longest wins, then the better evidence, then what is less encoded, then the rule id. */

import type { Candidate } from '../model/candidate.ts';

/** In these nobody sees what they hold: a token in the payload of a JWT and the JWT are two secrets. */
const OPAQUE = new Set(['base64', 'hex']);

/** The encoding of what stands in a job log in pieces: between them may stand anything. */
export const JOB_LOG = 'job-log';

/** Candidates of which none overlaps another of the same layer, sorted by position. */
export function keepLongest(candidates: readonly Candidate[]): Candidate[] {
  const pieced = candidates.filter(({ encodings }) => encodings?.[0] === JOB_LOG);
  if (pieced.length === 0) return keepLongestWhole(candidates);
  // One may stand between the pieces of another: they are rivals only where they begin or end together.
  const kept = keepLongestWhole(candidates.filter(({ encodings }) => encodings?.[0] !== JOB_LOG));
  for (const candidate of pieced) {
    const { byteOffset } = candidate.region;
    const at = kept.findIndex((other) => other.region.byteOffset === byteOffset || endOf(other) === endOf(candidate));
    if (at < 0) kept.push(candidate);
    else if (beats(candidate, kept[at]!)) kept[at] = withHints(candidate, kept[at]!);
  }
  return kept.toSorted(byPlace);
}

function keepLongestWhole(candidates: readonly Candidate[]): Candidate[] {
  const [inside, outside] = [true, false].map((opaque) =>
    longest(candidates.filter(({ encodings = [] }) => encodings.some((name) => OPAQUE.has(name)) === opaque)),
  ) as [Candidate[], Candidate[]];
  if (inside.length === 0) return outside;
  // A Vault token holds itself once more, encoded.
  const others = inside.filter((one) => !outside.some((other) => other.ruleId === one.ruleId && holds(other, one)));
  return [...outside, ...others].toSorted(byPlace);
}

function longest(candidates: readonly Candidate[]): Candidate[] {
  const sorted = candidates.toSorted(byPlace);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    const rival = kept.at(-1);
    if (rival === undefined || endOf(rival) <= candidate.region.byteOffset) kept.push(candidate);
    else kept[kept.length - 1] = beats(candidate, rival) ? withHints(candidate, rival) : withHints(rival, candidate);
  }
  return kept;
}

function holds(outer: Candidate, inner: Candidate): boolean {
  return outer.region.byteOffset <= inner.region.byteOffset && endOf(inner) <= endOf(outer);
}

function byPlace(a: Candidate, b: Candidate): number {
  return a.region.byteOffset - b.region.byteOffset;
}

function endOf({ region }: Candidate): number {
  return region.byteOffset + region.byteLength;
}

/** What one knows of where it stands, the other knows, too. */
function withHints(candidate: Candidate, other: Candidate): Candidate {
  if (other.hints === undefined) return candidate;
  const own = candidate.hints ?? [];
  const more = other.hints.filter(({ kind }) => !own.some((hint) => hint.kind === kind));
  return more.length === 0 ? candidate : { ...candidate, hints: [...own, ...more] };
}

function beats(a: Candidate, b: Candidate): boolean {
  // What is known by itself is known better than what is known from where it stands.
  if (a.evidence.context !== b.evidence.context) return b.evidence.context === true;
  if (a.region.byteLength !== b.region.byteLength) return a.region.byteLength > b.region.byteLength;
  if (a.evidence.checksum !== b.evidence.checksum) return a.evidence.checksum === 'fits';
  const [deep, other] = [a.encodings?.length ?? 0, b.encodings?.length ?? 0];
  if (deep !== other) return deep < other;
  return a.ruleId < b.ruleId;
}

/**
 * Decides which of several overlapping candidates is kept. The best is taken first, and everything that overlaps it is
 * dropped; a dropped candidate drops nothing itself. Candidates of custom rules come last, and drop none of the built-in
 * rules.
 */

import { compareText } from '../model/order.ts';
import type { Candidate } from '../model/candidate.ts';
import { confidenceOf, CONFIDENCES, isIgnoredPlaceholder } from '../model/confidence.ts';
import { type Drop, dropOf } from '../model/drop.ts';
import { partitionPoint } from '../lib/binary-search.ts';

/** Encodings that readers cannot read: a JWT and a token in its payload are two secrets. */
const OPAQUE = new Set(['base64', 'hex']);

/** The encoding of a secret that a job log has in pieces, with other text between them. */
export const JOB_LOG = 'job-log';

/** Candidates of which none overlaps another of the same layer, sorted by position. */
export function keepBest(
  candidates: readonly Candidate[],
  onDrop?: (drop: Omit<Drop, 'artifact'>) => void,
): Candidate[] {
  const kept = bestOf(candidates);
  if (onDrop !== undefined) reportLosers(candidates, kept, onDrop);
  return kept;
}

function reportLosers(
  candidates: readonly Candidate[],
  kept: readonly Candidate[],
  onDrop: (drop: Omit<Drop, 'artifact'>) => void,
): void {
  // Hints may be added to a candidate, but its secret stays the same object.
  const keptSecrets = new Set(kept.map(({ secret }) => secret));
  for (const loser of candidates) {
    if (keptSecrets.has(loser.secret)) continue;
    const isRival = (other: Candidate): boolean => other !== loser && overlap(other, loser);
    // A better candidate may have been dropped later, for one that does not overlap this one.
    const better = kept.find(isRival) ?? candidates.find(isRival);
    // The same text in another form of the rule is reported, not dropped.
    if (better !== undefined && better.ruleId === loser.ruleId && isSamePlace(better, loser)) continue;
    onDrop(
      dropOf(
        loser,
        better === undefined || !isEnded(loser)
          ? { kind: 'joined-lines' }
          : { kind: 'overlap', better: { ruleId: better.ruleId, region: better.region } },
      ),
    );
  }
}

function bestOf(candidates: readonly Candidate[]): Candidate[] {
  const builtIn = candidates.filter(({ isCustom }) => isCustom !== true);
  const kept = bestOfOneOrigin(builtIn);
  if (builtIn.length === candidates.length) return kept;
  const custom = bestOfOneOrigin(candidates.filter(({ isCustom }) => isCustom === true));
  // A placeholder to the built-in rules may be a credential to others.
  const listed = kept.filter(isReal);
  return [...kept, ...custom.filter((one) => !listed.some((other) => areRivals(one, other)))].toSorted(byPlace);
}

function bestOfOneOrigin(candidates: readonly Candidate[]): Candidate[] {
  const guesses = candidates.filter(({ isGuess }) => isGuess === true);
  if (guesses.length === 0) return withPieced(candidates);
  return withGuesses(withPieced(candidates.filter(({ isGuess }) => isGuess !== true)), guesses);
}

/**
 * A guess is a candidate in lines that may be one. Joining lines must not remove or change a credential that one of them
 * has by itself. So a guess is kept only if nothing as certain overlaps it, and no other character touches its end.
 */
function withGuesses(certain: readonly Candidate[], guesses: readonly Candidate[]): Candidate[] {
  let kept = [...certain];
  for (const guess of best(guesses.filter(isEnded))) {
    const rivals = kept.filter((other) => overlap(guess, other));
    if (rivals.some((other) => certaintyOf(other) >= certaintyOf(guess))) continue;
    kept = [...(rivals.length === 0 ? kept : kept.filter((other) => !rivals.includes(other))), guess];
  }
  return kept.toSorted(byPlace);
}

/** False for a guess whose end is touched by other characters: the joined lines are not one word there. */
function isEnded({ isGuess, evidence }: Candidate): boolean {
  return isGuess !== true || evidence.touched !== true || evidence.checksum === 'fits';
}

function certaintyOf({ evidence }: Candidate): number {
  return isIgnoredPlaceholder(evidence) ? -1 : CONFIDENCES.indexOf(confidenceOf(evidence));
}

/** A candidate may be between the pieces of another: the two are rivals only if they begin or end together. */
function withPieced(candidates: readonly Candidate[]): Candidate[] {
  const pieced = candidates.filter(isPieced);
  if (pieced.length === 0) return bestInEachLayer(candidates);
  const kept = bestInEachLayer(candidates.filter((candidate) => !isPieced(candidate)));
  for (const candidate of pieced) {
    const at = kept.findIndex((other) => areRivals(candidate, other));
    if (at < 0) kept.push(candidate);
    else if (beatsWhole(candidate, kept[at]!)) kept[at] = withHints(candidate, kept[at]!);
  }
  return kept.toSorted(byPlace);
}

function bestInEachLayer(candidates: readonly Candidate[]): Candidate[] {
  const inside = bestAroundBlocks(candidates.filter(isInside));
  const outside = bestAroundBlocks(candidates.filter((candidate) => !isInside(candidate)));
  if (inside.length === 0) return outside;
  // A Vault token contains itself once more, encoded.
  const others = inside.filter((one) => !outside.some((other) => other.ruleId === one.ruleId && contains(other, one)));
  return [...outside, ...others].toSorted(byPlace);
}

function bestAroundBlocks(candidates: readonly Candidate[]): Candidate[] {
  const blocks = candidates.filter(isBlock);
  if (blocks.length === 0) return best(candidates);
  const kept = best(blocks);
  const others = candidates.filter(
    (one) => !isBlock(one) && !(one.evidence.context === true && kept.some((block) => overlap(block, one))),
  );
  return [...kept, ...best(others)].toSorted(byPlace);
}

/** A block of text in which anything may occur: a token in it is another secret. */
function isBlock({ parsedAs }: Candidate): boolean {
  return parsedAs !== undefined;
}

/** Takes the best first, and then each that overlaps none of those taken before. */
function best(candidates: readonly Candidate[]): Candidate[] {
  /** Sorted by position. */
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted(byRank)) {
    let at = partitionPoint(0, kept.length, (index) => kept[index]!.region.byteOffset < candidate.region.byteOffset);
    if (at > 0 && overlap(kept[at - 1]!, candidate)) at--;
    const rival = kept[at];
    if (rival === undefined || !overlap(rival, candidate)) kept.splice(at, 0, candidate);
    else kept[at] = withHints(rival, candidate);
  }
  return kept;
}

function areRivals(one: Candidate, other: Candidate): boolean {
  const isOnOneLine = one.region.startLine === other.region.endLine && other.region.startLine === one.region.endLine;
  if (isOnOneLine && overlap(one, other) && [one, other].some(({ evidence }) => evidence.checksum === 'fits'))
    return true;
  if (isPieced(one) || isPieced(other))
    return one.region.byteOffset === other.region.byteOffset || endOf(one) === endOf(other);
  return isInside(one) === isInside(other) && overlap(one, other);
}

function isPieced({ encodings }: Candidate): boolean {
  return encodings?.[0] === JOB_LOG;
}

function isInside({ encodings = [] }: Candidate): boolean {
  return encodings.some((name) => OPAQUE.has(name));
}

function overlap(one: Candidate, other: Candidate): boolean {
  return one.region.byteOffset < endOf(other) && other.region.byteOffset < endOf(one);
}

function isSamePlace(one: Candidate, other: Candidate): boolean {
  return one.region.byteOffset === other.region.byteOffset && endOf(one) === endOf(other);
}

function contains(outer: Candidate, inner: Candidate): boolean {
  return outer.region.byteOffset <= inner.region.byteOffset && endOf(inner) <= endOf(outer);
}

function byPlace(a: Candidate, b: Candidate): number {
  return a.region.byteOffset - b.region.byteOffset;
}

function endOf({ region }: Candidate): number {
  return region.byteOffset + region.byteLength;
}

/** The first candidate with the hints that only the other has: both are at the same place. */
function withHints(candidate: Candidate, other: Candidate): Candidate {
  if (other.hints === undefined) return candidate;
  const own = candidate.hints ?? [];
  const more = other.hints.filter(({ kind }) => !own.some((hint) => hint.kind === kind));
  return more.length === 0 ? candidate : { ...candidate, hints: [...own, ...more] };
}

/**
 * Whether a secret in pieces is more likely than the whole one at its place. A colour is more often at the end of a word than
 * within one. So on one line only a checksum decides for the pieces, or an instance prefix that ends with the dash before
 * the token.
 */
function beatsWhole(pieced: Candidate, whole: Candidate): boolean {
  const isSameLine = pieced.region.startLine === pieced.region.endLine;
  if (!isSameLine || pieced.ruleId !== whole.ruleId || pieced.evidence.checksum !== whole.evidence.checksum)
    return byRank(pieced, whole) < 0;
  const more = pieced.region.byteLength - whole.region.byteLength;
  return more > 0 && endOf(pieced) === endOf(whole) && pieced.secret.endsWith('-', whole.secret);
}

/** Whether it is neither a placeholder nor has an invalid checksum. */
function isReal({ evidence }: Candidate): boolean {
  return confidenceOf(evidence) !== 'unlikely' && !isIgnoredPlaceholder(evidence);
}

/** Negative if `a` is better. A total order, so the result does not depend on the order of discovery. */
function byRank(a: Candidate, b: Candidate): number {
  return (
    first(a, b, ({ evidence }) => evidence.checksum === 'fits') ||
    first(a, b, isReal) ||
    // A secret with a shape of its own is more certain than one that only its context gives away.
    first(a, b, ({ evidence }) => evidence.context !== true) ||
    // The pattern of a place knows more than a name.
    first(a, b, ({ evidence }) => evidence.assigned !== true) ||
    b.region.byteLength - a.region.byteLength ||
    first(a, b, ({ evidence }) => evidence.touched !== true) ||
    (a.encodings?.length ?? 0) - (b.encodings?.length ?? 0) ||
    compareText(a.ruleId, b.ruleId) ||
    byPlace(a, b)
  );
}

function first(a: Candidate, b: Candidate, is: (candidate: Candidate) => boolean): number {
  return Number(is(b)) - Number(is(a));
}

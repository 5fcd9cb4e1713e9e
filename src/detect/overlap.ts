/**
 * Overlapping candidates: which of them is what stands there. The best is taken first, and everything that overlaps it is
 * left out; so nothing that is left out itself takes anything away. What a custom rule has found comes last of all, and
 * takes nothing from what the built-in rules find.
 */

import type { Candidate } from '../model/candidate.ts';
import { confidenceOf, CONFIDENCES, isIgnoredPlaceholder } from '../model/confidence.ts';

/** In these nobody sees what they hold: a token in the payload of a JWT and the JWT are two secrets. */
const OPAQUE = new Set(['base64', 'hex']);

/** The encoding of what stands in a job log in pieces: between them may stand anything. */
export const JOB_LOG = 'job-log';

/** Candidates of which none overlaps another of the same layer, sorted by position. */
export function keepBest(candidates: readonly Candidate[]): Candidate[] {
  const builtIn = candidates.filter(({ isCustom }) => isCustom !== true);
  const kept = ofOneOrigin(builtIn);
  if (builtIn.length === candidates.length) return kept;
  const custom = ofOneOrigin(candidates.filter(({ isCustom }) => isCustom === true));
  // What is a placeholder to the built-in rules may be a credential to others.
  const listed = kept.filter(isReal);
  return [...kept, ...custom.filter((one) => !listed.some((other) => areRivals(one, other)))].toSorted(byPlace);
}

function ofOneOrigin(candidates: readonly Candidate[]): Candidate[] {
  const guesses = candidates.filter(({ isGuess }) => isGuess === true);
  if (guesses.length === 0) return sureOnes(candidates);
  return withGuesses(sureOnes(candidates.filter(({ isGuess }) => isGuess !== true)), guesses);
}

/**
 * Of lines that may be one: what they hold by themselves is there, and joining them neither takes it away nor changes it. So a
 * guess counts where nothing overlaps it that is as sure, and where nothing touches its end: it ends where the text says so.
 */
function withGuesses(sure: readonly Candidate[], guesses: readonly Candidate[]): Candidate[] {
  let kept = [...sure];
  const ended = guesses.filter(({ evidence }) => evidence.touched !== true || evidence.checksum === 'fits');
  for (const guess of best(ended)) {
    const rivals = kept.filter((other) => overlap(guess, other));
    if (rivals.some((other) => surenessOf(other) >= surenessOf(guess))) continue;
    kept = [...(rivals.length === 0 ? kept : kept.filter((other) => !rivals.includes(other))), guess];
  }
  return kept.toSorted(byPlace);
}

function surenessOf({ evidence }: Candidate): number {
  return isIgnoredPlaceholder(evidence) ? -1 : CONFIDENCES.indexOf(confidenceOf(evidence));
}

function sureOnes(candidates: readonly Candidate[]): Candidate[] {
  const pieced = candidates.filter(isPieced);
  if (pieced.length === 0) return wholeOnes(candidates);
  // One may stand between the pieces of another: they are rivals only where they begin or end together.
  const kept = wholeOnes(candidates.filter((candidate) => !isPieced(candidate)));
  for (const candidate of pieced) {
    const at = kept.findIndex((other) => areRivals(candidate, other));
    if (at < 0) kept.push(candidate);
    else if (beatsWhole(candidate, kept[at]!)) kept[at] = withHints(candidate, kept[at]!);
  }
  return kept.toSorted(byPlace);
}

function wholeOnes(candidates: readonly Candidate[]): Candidate[] {
  const [inside, outside] = [true, false].map((opaque) =>
    inAndOutOfBlocks(candidates.filter((candidate) => isInside(candidate) === opaque)),
  ) as [Candidate[], Candidate[]];
  if (inside.length === 0) return outside;
  // A Vault token holds itself once more, encoded.
  const others = inside.filter((one) => !outside.some((other) => other.ruleId === one.ruleId && holds(other, one)));
  return [...outside, ...others].toSorted(byPlace);
}

function inAndOutOfBlocks(candidates: readonly Candidate[]): Candidate[] {
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

/** The best first, each with nothing that overlaps one that was taken before. */
function best(candidates: readonly Candidate[]): Candidate[] {
  /** Sorted by position. */
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted(byRank)) {
    let at = firstAfter(kept, candidate.region.byteOffset);
    if (at > 0 && overlap(kept[at - 1]!, candidate)) at--;
    const rival = kept[at];
    if (rival === undefined || !overlap(rival, candidate)) kept.splice(at, 0, candidate);
    else kept[at] = withHints(rival, candidate);
  }
  return kept;
}

/** The index of the first that begins at an offset or after it. */
function firstAfter(sorted: readonly Candidate[], offset: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.region.byteOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
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

/**
 * Whether what stands in pieces is more likely than what stands there whole. A colour ends a word more often than it stands in
 * one: on one line it takes a checksum to tell, or an instance prefix that goes on to the token with its dash.
 */
function beatsWhole(pieced: Candidate, whole: Candidate): boolean {
  const isSameLine = pieced.region.startLine === pieced.region.endLine;
  if (!isSameLine || pieced.ruleId !== whole.ruleId || pieced.evidence.checksum !== whole.evidence.checksum)
    return byRank(pieced, whole) < 0;
  const more = pieced.region.byteLength - whole.region.byteLength;
  return more > 0 && endOf(pieced) === endOf(whole) && pieced.secret.endsWith('-', whole.secret);
}

/** Whether it is more than a placeholder or a wrong checksum. */
function isReal({ evidence }: Candidate): boolean {
  return confidenceOf(evidence) !== 'unlikely' && !isIgnoredPlaceholder(evidence);
}

/** Negative: `a` is what stands there rather than `b`. A total order, so that nothing depends on the order of discovery. */
function byRank(a: Candidate, b: Candidate): number {
  return (
    first(a, b, ({ evidence }) => evidence.checksum === 'fits') ||
    first(a, b, isReal) ||
    // What is known by itself is known better than what is known from where it stands.
    first(a, b, ({ evidence }) => evidence.context !== true) ||
    b.region.byteLength - a.region.byteLength ||
    first(a, b, ({ evidence }) => evidence.touched !== true) ||
    (a.encodings?.length ?? 0) - (b.encodings?.length ?? 0) ||
    (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0) ||
    byPlace(a, b)
  );
}

function first(a: Candidate, b: Candidate, is: (candidate: Candidate) => boolean): number {
  return Number(is(b)) - Number(is(a));
}

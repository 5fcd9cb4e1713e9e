/** Finds long runs of characters in one pass. Most words are short, so most bytes are never read. */

import type { Span } from '../../model/region.ts';
import { BASE64URL, byteTable } from '../tokens/alphabet.ts';

/** Bytes of the shortest value, and of the base64 of the shortest value with its user. */
export const SHORTEST = 16;
export const SHORTEST_BASE64 = 27;
/** Bytes of the longest value, encoded or not. */
export const LONGEST = 128;

const TOKEN = 1;
const BASE64 = 2;
const EITHER = TOKEN | BASE64;

/** By byte: the alphabets that it belongs to. */
const ALPHABETS = Uint8Array.from(
  byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
  (isBase64, byte) => isBase64 * BASE64 + BASE64URL[byte]! * TOKEN,
);

type OnRun = (start: number, end: number) => void;

/**
 * Finds the runs of token characters and of base64 that begin in a span.
 *
 * @param filled bytes that may be read
 */
export function findRuns(
  bytes: Uint8Array,
  { start, end }: Span,
  filled: number,
  { onToken, onBase64 }: { readonly onToken: OnRun; readonly onBase64: OnRun },
): void {
  longRuns(bytes, start, end, filled, EITHER, SHORTEST, (first, last) => {
    longRuns(bytes, wholeFrom(bytes, first, last, TOKEN), end, last, TOKEN, SHORTEST, onToken);
    if (last - first < SHORTEST_BASE64) return;
    longRuns(bytes, wholeFrom(bytes, first, last, BASE64), end, last, BASE64, SHORTEST_BASE64, onBase64);
  });
}

/** The end of the run of base64 that begins at `start`. */
export function base64End(bytes: Uint8Array, start: number, filled: number): number {
  return runEnd(bytes, start, filled, BASE64);
}

/** As {@link findRuns}, of characters that belong to one of the alphabets; a run that begins before `from` counts from there. */
function longRuns(
  bytes: Uint8Array,
  from: number,
  to: number,
  filled: number,
  alphabets: number,
  shortest: number,
  onRun: OnRun,
): void {
  let at = from;
  while (at < to && at + shortest <= filled) {
    // A run from here on has this byte; the last one before it that belongs to none is where to go on.
    let back = at + shortest - 1;
    while (back >= at && (ALPHABETS[bytes[back]!]! & alphabets) !== 0) back--;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    const end = runEnd(bytes, at + shortest, filled, alphabets);
    onRun(at, end);
    at = end + 1;
  }
}

function runEnd(bytes: Uint8Array, from: number, filled: number, alphabets: number): number {
  let end = from;
  while (end < filled && (ALPHABETS[bytes[end]!]! & alphabets) !== 0) end++;
  return end;
}

/** Where to begin, so that no run is cut that began before `from`. */
function wholeFrom(bytes: Uint8Array, from: number, to: number, alphabet: number): number {
  return from > 0 && (ALPHABETS[bytes[from - 1]!]! & alphabet) !== 0 ? runEnd(bytes, from, to, alphabet) : from;
}

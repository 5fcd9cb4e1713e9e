/** Finds values that may be generated: runs of token characters of the few lengths that GitLab's tokens without a prefix have. */

import type { Span } from '../../model/region.ts';
import { BACKSLASH, DASH, PERCENT } from '../../lib/bytes.ts';
import { findRuns, tableOf } from './runs.ts';

/** Bytes of the shortest value. */
export const SHORTEST = 16;
/** Letters, digits, `-` and `_`. */
const IS_TOKEN = tableOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_');
const IS_HEX = tableOf('0123456789abcdefABCDEF');
/** What an escape sequence has behind its backslash, by its first character: `\n`, `\x3d`, `\u0022`. */
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { n: 1, r: 1, t: 1, b: 1, f: 1, x: 3, u: 5 };

/**
 * Finds the runs that begin in a span and have one of the lengths. A run is cut where an escape sequence before it ends.
 *
 * @param lengths 1 for each length that a value may have
 * @param filled bytes that may be read
 */
export function findValues(
  bytes: Uint8Array,
  span: Span,
  filled: number,
  lengths: Uint8Array,
  onValue: (value: Span) => void,
): void {
  findRuns(bytes, span, filled, IS_TOKEN, SHORTEST, (at, end) => {
    const start = at + escapeLength(bytes, at, end);
    if (lengths[end - start] === 1) onValue({ start, end });
  });
}

/** How many bytes of a run belong to an escape sequence that begins before it, or to `:-` of a shell's default value. */
function escapeLength(bytes: Uint8Array, start: number, end: number): number {
  if (start === 0) return 0;
  const before = bytes[start - 1]!;
  if (before === BACKSLASH) return ESCAPE_LENGTHS[String.fromCharCode(bytes[start]!)] ?? 0;
  if (before === PERCENT) {
    // `%253A` is a percent sign that was encoded twice.
    const length = bytes[start] === 0x32 && bytes[start + 1] === 0x35 ? 4 : 2;
    for (let at = start; at < start + length; at++) if (at >= end || IS_HEX[bytes[at]!] === 0) return 0;
    return length;
  }
  return bytes[start] === DASH && before === 0x3a ? 1 : 0;
}

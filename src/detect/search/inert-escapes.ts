/**
 * Whether an escape is certainly no part of a keyword: the twin of `simd/assembly/inert.ts`, which explains it. Both give the same answer
 * for every text.
 */

import { AMPERSAND, BACKSLASH, EQUALS, HASH, LF, PERCENT, SEMICOLON, ZERO } from '../../lib/bytes.ts';
import { DIGIT, LOWER_U, LOWER_X } from '../encodings/escape-parts.ts';
import { ESCAPE_REACH } from './simd/assembly/guard-kinds.ts';

const ASCII = 0x80;
const DIGITS_MAX = 6;
const UNKNOWN = 0xffff;
const OTHER = 0xfffe;

/** A part of a text: bytes outside of it rule nothing out. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Whether two bytes may be adjacent in a text that is escaped. */
  readonly isPair: (first: number, second: number) => boolean;
}

/** False if bytes decide that are not in the part. */
export function isInert(at: number, { bytes, from, to, isPair }: Part): boolean {
  if (at <= from + ESCAPE_REACH || at + 2 * ESCAPE_REACH > to) return false;
  if (bytes[at] === BACKSLASH && bytes[at - 1] === BACKSLASH) return false;
  const own = escapeAt(bytes, at);
  if (own >= OTHER) return own === OTHER;
  const value = own & 0xff;
  const after = characterAt(bytes, at + (own >> 8));
  if (after === UNKNOWN || isPair(value, after)) return false;
  const before = characterBefore(bytes, at);
  return before !== UNKNOWN && !isPair(before, value);
}

function characterAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  if (byte >= ASCII || byte === EQUALS) return UNKNOWN;
  if (!isLead(byte)) return byte;
  const escape = escapeAt(bytes, at);
  return escape >= OTHER ? UNKNOWN : escape & 0xff;
}

function characterBefore(bytes: Uint8Array, end: number): number {
  const last = bytes[end - 1]!;
  if (last >= ASCII || last === LF) return UNKNOWN;
  for (let at = end - 2; at >= end - ESCAPE_REACH; at--) {
    const byte = bytes[at]!;
    if (byte === EQUALS) return UNKNOWN;
    if (!isLead(byte)) continue;
    if (byte === BACKSLASH && bytes[at - 1] === BACKSLASH) return UNKNOWN;
    const escape = escapeAt(bytes, at);
    if (escape >= OTHER) return UNKNOWN;
    const next = at + (escape >> 8);
    if (next > end) return UNKNOWN;
    return next === end ? escape & 0xff : last;
  }
  return last;
}

function isLead(byte: number): boolean {
  return byte === PERCENT || byte === AMPERSAND || byte === BACKSLASH;
}

function escapeAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead === PERCENT) {
    const value = hexAt(bytes, at + 1);
    return value === UNKNOWN || value === PERCENT ? UNKNOWN : value | (3 << 8);
  }
  if (lead === BACKSLASH) {
    const kind = bytes[at + 1];
    if (kind === LOWER_X) return withLength(hexAt(bytes, at + 2), 4);
    const isUnit = kind === LOWER_U && bytes[at + 2] === ZERO && bytes[at + 3] === ZERO;
    return isUnit ? withLength(hexAt(bytes, at + 4), 6) : UNKNOWN;
  }
  return lead === AMPERSAND && bytes[at + 1] === HASH ? referenceAt(bytes, at) : UNKNOWN;
}

function referenceAt(bytes: Uint8Array, at: number): number {
  const isHex = (bytes[at + 2]! | 0x20) === LOWER_X;
  const radix = isHex ? 16 : 10;
  const first = at + (isHex ? 3 : 2);
  let end = first;
  let value = 0;
  for (; end < first + DIGITS_MAX && DIGIT[bytes[end]!]! < radix; end++) value = value * radix + DIGIT[bytes[end]!]!;
  if (value > 0xff) return OTHER;
  if (end === first || DIGIT[bytes[end]!]! < radix || value === 0) return UNKNOWN;
  return value | ((end - at + (bytes[end] === SEMICOLON ? 1 : 0)) << 8);
}

function withLength(value: number, length: number): number {
  return value === UNKNOWN ? UNKNOWN : value | (length << 8);
}

function hexAt(bytes: Uint8Array, at: number): number {
  const [high, low] = [DIGIT[bytes[at]!]!, DIGIT[bytes[at + 1]!]!];
  return high > 15 || low > 15 ? UNKNOWN : (high << 4) | low;
}

/**
 * Whether an escape is certainly no part of a keyword. Most texts that are full of escapes have none that is, and that shows in the bytes
 * next to it: no keyword has them next to each other. Only the most frequent forms of escapes are read here; what is in doubt
 * is decided by the encodings (`encodings/escapes.ts`). Its twin is `search/inert-escapes.ts`.
 */

import { ESCAPE_REACH } from './guard-kinds';
import { HAS_NEIGHBOURS, NEIGHBOURS } from './memory';
import { isSoftPair } from './splits';

const LF: u32 = 0x0a;
const PERCENT: u32 = 0x25;
const AMPERSAND: u32 = 0x26;
const EQUALS: u32 = 0x3d;
const BACKSLASH: u32 = 0x5c;
const ASCII: u32 = 0x80;
const DIGITS_MAX: usize = 6;
/** No escapes: what is in doubt, and a character that is not ASCII. */
const UNKNOWN: u32 = 0xffff;
const OTHER: u32 = 0xfffe;

/** False if bytes decide that are not in `[from, to)`. */
export function isInert(at: usize, from: usize, to: usize): bool {
  if (load<u32>(HAS_NEIGHBOURS) == 0 || at <= from + ESCAPE_REACH || at + 2 * ESCAPE_REACH > to) return false;
  // Its true beginning may be before it.
  if (load<u8>(at) == BACKSLASH && load<u8>(at - 1) == BACKSLASH) return false;
  const own = escapeAt(at);
  if (own >= OTHER) return own == OTHER;
  const value = own & 0xff;
  const after = characterAt(at + <usize>(own >> 8));
  if (after == UNKNOWN || isSoftPair(value, after, NEIGHBOURS)) return false;
  const before = characterBefore(at);
  return before != UNKNOWN && !isSoftPair(before, value, NEIGHBOURS);
}

/** The character that begins at a place. */
function characterAt(at: usize): u32 {
  const byte = <u32>load<u8>(at);
  if (byte >= ASCII || byte == EQUALS) return UNKNOWN;
  if (!isLead(byte)) return byte;
  const escape = escapeAt(at);
  return escape >= OTHER ? UNKNOWN : escape & 0xff;
}

/** The character that ends at a place. */
function characterBefore(end: usize): u32 {
  const last = <u32>load<u8>(end - 1);
  if (last >= ASCII || last == LF) return UNKNOWN;
  for (let at = end - 2; at >= end - ESCAPE_REACH; at--) {
    const byte = <u32>load<u8>(at);
    // It may be quoted-printable.
    if (byte == EQUALS) return UNKNOWN;
    if (!isLead(byte)) continue;
    if (byte == BACKSLASH && load<u8>(at - 1) == BACKSLASH) return UNKNOWN;
    const escape = escapeAt(at);
    if (escape >= OTHER) return UNKNOWN;
    const next = at + <usize>(escape >> 8);
    if (next > end) return UNKNOWN;
    return next == end ? escape & 0xff : last;
  }
  return last;
}

// @ts-ignore: decorator
@inline
function isLead(byte: u32): bool {
  return byte == PERCENT || byte == AMPERSAND || byte == BACKSLASH;
}

/** The value of the escape at a place, and above it its length: `%2d`, `\u002d`, `\x2d`, `&#45;`, `&#x2d;`; else `UNKNOWN`. */
function escapeAt(at: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead == PERCENT) {
    const value = hexAt(at + 1);
    return value == UNKNOWN || value == PERCENT ? UNKNOWN : value | (3 << 8);
  }
  if (lead == BACKSLASH) {
    const kind = load<u8>(at + 1);
    if (kind == 0x78) return withLength(hexAt(at + 2), 4);
    return kind == 0x75 && load<u16>(at + 2) == 0x3030 ? withLength(hexAt(at + 4), 6) : UNKNOWN;
  }
  return lead == AMPERSAND && load<u8>(at + 1) == 0x23 ? referenceAt(at) : UNKNOWN;
}

function referenceAt(at: usize): u32 {
  const isHex = (load<u8>(at + 2) | 0x20) == 0x78;
  const radix: u32 = isHex ? 16 : 10;
  const first = at + 2 + <usize>isHex;
  let end = first;
  let value: u32 = 0;
  for (; end < first + DIGITS_MAX; end++) {
    const digit = digitOf(load<u8>(end));
    if (digit >= radix) break;
    value = value * radix + digit;
  }
  if (value > 0xff) return OTHER;
  if (end == first || digitOf(load<u8>(end)) < radix || value == 0) return UNKNOWN;
  return value | (<u32>(end - at + <usize>(load<u8>(end) == 0x3b)) << 8);
}

// @ts-ignore: decorator
@inline
function withLength(value: u32, length: u32): u32 {
  return value == UNKNOWN ? UNKNOWN : value | (length << 8);
}

function hexAt(at: usize): u32 {
  const high = digitOf(load<u8>(at));
  const low = digitOf(load<u8>(at + 1));
  return high > 15 || low > 15 ? UNKNOWN : (high << 4) | low;
}

/** Above 15 for anything but a hex digit. */
// @ts-ignore: decorator
@inline
function digitOf(byte: u8): u32 {
  const digit = <u32>byte - 0x30;
  if (digit < 10) return digit;
  const letter = (<u32>byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 0xff;
}

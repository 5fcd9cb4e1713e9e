/**
 * The ways in which a byte is written as an escape: `%2D`, `%u002d`, `&#45;`, `=2D`, and those with a backslash. A byte that was
 * escaped twice (`%252D`, `&amp;#45;`, `\\u002d` in JSON in JSON) is read in one go.
 */

import { byteTable } from '../tokens/alphabet.ts';
import { backslashAt, PUNCTUATION } from './backslash-escapes.ts';
import { DIGIT, FORMS, HEX, hexAt, lengthOf, LOWER_U, LOWER_X, NONE, packed, UPPER_X } from './escape-parts.ts';
import { AMPERSAND, BACKSLASH, EQUALS, HASH, PERCENT, SEMICOLON, ZERO } from '../../lib/bytes.ts';

/**
 * `=2D` is an escape in quoted-printable text, and in any other text an equals sign and two characters. A line of
 * quoted-printable text that ends with `=` continues on the next line.
 */
export type EscapeDialect = 'escaped' | 'quoted-printable';

/** Bytes of the longest escape. */
export const ESCAPE_MAX = 20;

const LOWER_A = 0x61;
const PERCENT_LEVELS = 6;
const ZEROS = 4;
/** `&` that was itself escaped for HTML: `&amp;#45;`. */
const AMP = [0x61, 0x6d, 0x70, SEMICOLON];
const AMPS = 2;
/** References by name, for characters of credentials. */
const NAMED = (
  [
    ['lowbar;', '_'],
    ['UnderBar;', '_'],
    ['period;', '.'],
  ] as const
).map(([name, character]) => ({ name: Buffer.from(name), value: character.charCodeAt(0) }));

/** 1 for the first byte of an escape, 2 for one that begins an escape in quoted-printable text only. */
export const LEADS = byteTable('%\\&');
LEADS[EQUALS] = 2;
/** The last byte of an escape; a blank in CSS. */
const LASTS = byteTable(`${HEX}}; ${PUNCTUATION}`);

/** The escape that begins at a place, or 0. */
export function escapeAt(bytes: Uint8Array, at: number, filled: number, dialect: EscapeDialect): number {
  switch (bytes[at]) {
    case PERCENT:
      return percentAt(bytes, at, filled);
    case BACKSLASH:
      return backslashAt(bytes, at, filled);
    case AMPERSAND:
      return referenceAt(bytes, at, filled);
    case EQUALS: {
      const value = dialect === 'quoted-printable' ? hexAt(bytes, at + 1, filled) : 0xffff;
      // Encoders write upper case; lower case may be the beginning of a value: `token=ac`.
      const isOther = value > 0x7e && (bytes[at + 1]! >= LOWER_A || bytes[at + 2]! >= LOWER_A);
      return value > 0xff || isOther ? NONE : packed(value, 3, FORMS['quoted-printable']);
    }
    default:
      return NONE;
  }
}

function percentAt(bytes: Uint8Array, start: number, filled: number): number {
  let at = start + 1;
  let value = hexAt(bytes, at, filled);
  for (let level = 1; level < PERCENT_LEVELS && value === PERCENT; level++) {
    const inner = hexAt(bytes, at + 2, filled);
    if (inner > 0xff) {
      const unit = percentUnitAt(bytes, at + 2, filled);
      return unit > 0xff ? packed(value, at + 2 - start, FORMS.percent) : packed(unit, at + 7 - start, FORMS.percent);
    }
    at += 2;
    value = inner;
  }
  if (value <= 0xff) return packed(value, at + 2 - start, FORMS.percent);
  const unit = percentUnitAt(bytes, at, filled);
  return unit > 0xff ? NONE : packed(unit, at + 5 - start, FORMS.percent);
}

/** The value of `u002d`, which follows a percent sign in what the function `escape` of JavaScript has written; above 255 for anything else. */
function percentUnitAt(bytes: Uint8Array, at: number, filled: number): number {
  const isUnit = bytes[at] === LOWER_U && bytes[at + 1] === ZERO && bytes[at + 2] === ZERO;
  return isUnit ? hexAt(bytes, at + 3, filled) : 0xffff;
}

function referenceAt(bytes: Uint8Array, start: number, filled: number): number {
  let hash = start + 1;
  for (
    let level = 0;
    level < AMPS && bytes[hash] === LOWER_A && AMP.every((byte, at) => bytes[hash + at] === byte);
    level++
  )
    hash += AMP.length;
  if (bytes[hash] !== HASH) return namedAt(bytes, start, hash);
  const isHex = bytes[hash + 1] === LOWER_X || bytes[hash + 1] === UPPER_X;
  const radix = isHex ? 16 : 10;
  let at = hash + (isHex ? 2 : 1);
  const end = Math.min(filled, at + ZEROS + 4);
  let value = 0;
  const first = at;
  for (; at < end && DIGIT[bytes[at]!]! < radix; at++) value = value * radix + DIGIT[bytes[at]!]!;
  // Browsers do without the semicolon.
  if (at === first || at >= end || value === 0 || value > 0xff) return NONE;
  return packed(value, at + (bytes[at] === SEMICOLON ? 1 : 0) - start, FORMS.html);
}

function namedAt(bytes: Uint8Array, start: number, from: number): number {
  for (const { name, value } of NAMED)
    if (bytes[from] === name[0] && name.every((byte, at) => bytes[from + at] === byte))
      return packed(value, from + name.length - start, FORMS.html);
  return NONE;
}

/** Bytes within an escape other than digits and its last byte. */
const INNER = byteTable('{#xXuUo+NmplowbarndeBi');

/** The escape that ends at a place, or 0. */
export function escapeBefore(bytes: Uint8Array, end: number, filled: number, dialect: EscapeDialect): number {
  if (end < 2 || LASTS[bytes[end - 1]!] === 0) return NONE;
  let found = NONE;
  for (let at = end - 2; at >= Math.max(0, end - ESCAPE_MAX); at--) {
    const lead = LEADS[bytes[at]!]!;
    if (lead === 0 || (lead === 2 && dialect !== 'quoted-printable')) {
      if (LASTS[bytes[at]!] === 0 && INNER[bytes[at]!] === 0) break;
      continue;
    }
    // The first of several backslashes begins the escape.
    const escape = escapeAt(bytes, at, filled, dialect);
    if (escape !== NONE && at + lengthOf(escape) === end) found = escape;
    if (bytes[at] !== BACKSLASH) break;
  }
  return found;
}

/**
 * The ways in which a byte is written as an escape: `%2D`, `\u002d`, `\x2d`, `\055`, `&#45;`, `=2D`, and with a backslash before
 * it. A byte that was escaped twice (`%252D`, `\\u002d` in JSON in JSON) is read in one go.
 */

import { byteTable } from '../tokens/alphabet.ts';
import { BACKSLASH, EQUALS, PERCENT, ZERO } from '../../lib/bytes.ts';

/** The forms, a bit each, in the order in which they are named. */
export const FORMS = {
  percent: 1,
  'unicode-escape': 2,
  octal: 4,
  backslash: 8,
  html: 16,
  'quoted-printable': 32,
} as const;

/**
 * `=2D` is an escape in quoted-printable text, and in any other text an equals sign and two characters. A line of
 * quoted-printable text that ends with `=` continues on the next line.
 */
export type EscapeDialect = 'escaped' | 'quoted-printable';

/** Bytes of the longest escape. */
export const ESCAPE_MAX = 17;

const HEX = '0123456789ABCDEFabcdef';
/** The value of a hex digit; 255 for any other byte. */
const DIGIT = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++)
  for (const letter of value.toString(16) + value.toString(16).toUpperCase()) DIGIT[letter.charCodeAt(0)] = value;

const AMPERSAND = 0x26;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LOWER_A = 0x61;
const [LOWER_U, UPPER_U, LOWER_X, UPPER_X] = [0x75, 0x55, 0x78, 0x58];
/** JSON in JSON in JSON has four backslashes in a row. */
const BACKSLASHES = 8;
const PERCENT_LEVELS = 3;
const ZEROS = 4;
/** The characters of credentials that Markdown and regular expressions escape by a backslash. */
const PUNCTUATION = '-_.+*';
const IS_PUNCTUATION = byteTable(PUNCTUATION);
/** 1 for the first byte of an escape, 2 for one that begins an escape in quoted-printable text only. */
export const LEADS = byteTable('%\\&');
LEADS[EQUALS] = 2;
/** The last byte of an escape. */
const LASTS = byteTable(`${HEX}};${PUNCTUATION}`);

const NONE = 0;
/** One number for an escape: its value, its length and its form; never 0. */
const packed = (value: number, length: number, form: number): number => value | (length << 8) | (form << 16);
export const valueOf = (escape: number): number => escape & 0xff;
export const lengthOf = (escape: number): number => (escape >> 8) & 0xff;
export const formOf = (escape: number): number => escape >> 16;

/** The value of the two hex digits at a place; above 255 if there are none. */
function hexAt(bytes: Uint8Array, at: number, filled: number): number {
  if (at + 1 >= filled) return 0xffff;
  const [high, low] = [DIGIT[bytes[at]!]!, DIGIT[bytes[at + 1]!]!];
  return high > 15 || low > 15 ? 0xffff : (high << 4) | low;
}

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
    if (inner > 0xff) break;
    at += 2;
    value = inner;
  }
  return value > 0xff ? NONE : packed(value, at + 2 - start, FORMS.percent);
}

function backslashAt(bytes: Uint8Array, start: number, filled: number): number {
  let at = start + 1;
  while (at < start + BACKSLASHES && at < filled && bytes[at] === BACKSLASH) at++;
  if (at >= filled) return NONE;
  const kind = bytes[at]!;
  if (IS_PUNCTUATION[kind] === 1) return packed(kind, at + 1 - start, FORMS.backslash);
  if (kind === LOWER_X || kind === LOWER_U || kind === UPPER_U) {
    const isBraced = bytes[at + 1] === OPEN && kind !== UPPER_U;
    let digits = at + 1;
    if (isBraced) {
      digits++;
      while (digits < at + 2 + ZEROS && bytes[digits] === ZERO && bytes[digits + 2] !== CLOSE) digits++;
    } else if (kind !== LOWER_X) {
      const zeros = kind === LOWER_U ? 2 : 6;
      for (; digits < at + 1 + zeros; digits++) if (bytes[digits] !== ZERO) return NONE;
    }
    const value = hexAt(bytes, digits, filled);
    if (value > 0xff || (isBraced && (digits + 2 >= filled || bytes[digits + 2] !== CLOSE))) return NONE;
    return packed(value, digits + (isBraced ? 3 : 2) - start, FORMS['unicode-escape']);
  }
  // Only octal numbers of visible ASCII: others are references in regular expressions.
  if (at + 2 >= filled || (kind !== ZERO && kind !== ZERO + 1)) return NONE;
  const value = ((kind - ZERO) << 6) | ((bytes[at + 1]! - ZERO) << 3) | (bytes[at + 2]! - ZERO);
  const isOctal = (bytes[at + 1]! & 0xf8) === ZERO && (bytes[at + 2]! & 0xf8) === ZERO;
  return isOctal && value >= 0x20 && value < 0x7f ? packed(value, at + 3 - start, FORMS.octal) : NONE;
}

function referenceAt(bytes: Uint8Array, start: number, filled: number): number {
  if (bytes[start + 1] !== HASH) return NONE;
  const isHex = bytes[start + 2] === LOWER_X || bytes[start + 2] === UPPER_X;
  const radix = isHex ? 16 : 10;
  let at = start + (isHex ? 3 : 2);
  const end = Math.min(filled, at + ZEROS + 4);
  let value = 0;
  const first = at;
  for (; at < end && DIGIT[bytes[at]!]! < radix; at++) value = value * radix + DIGIT[bytes[at]!]!;
  if (at === first || at >= end || bytes[at] !== SEMICOLON || value === 0 || value > 0xff) return NONE;
  return packed(value, at + 1 - start, FORMS.html);
}

/** Bytes within an escape other than digits and its last byte. */
const INNER = byteTable('{#xXuU');

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

/** A character that is escaped by a backslash alone. */
export const isPunctuation = (character: string): boolean => IS_PUNCTUATION[character.charCodeAt(0)] === 1;

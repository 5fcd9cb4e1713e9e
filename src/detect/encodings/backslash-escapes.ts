/**
 * Escapes with a backslash: `\u002d`, `\U0000002d`, `\x2d`, `\u{2d}`, `\055`, `\55`, `\0055`, `\o{55}`, `\N{U+2D}`, and those of
 * CSS and LDAP, `\2d` and `\00002d`. There may be more backslashes, as in JSON in JSON.
 */

import { byteTable, TOKEN } from '../tokens/alphabet.ts';
import {
  CLOSE,
  DIGIT,
  FORMS,
  hexAt,
  LOWER_O,
  LOWER_U,
  LOWER_X,
  NONE,
  OPEN,
  packed,
  UPPER_N,
  UPPER_U,
} from './escape-parts.ts';
import { BACKSLASH, PLUS, SPACE, ZERO } from '../../lib/bytes.ts';

/** JSON in JSON in JSON has four backslashes in a row. */
const BACKSLASHES = 8;
const ZEROS = 4;
/** The characters of credentials that Markdown and regular expressions escape by a backslash. */
export const PUNCTUATION = '-_.+*';
const IS_PUNCTUATION = byteTable(PUNCTUATION);
const CSS_ZEROS = 4;

/** The escape whose first backslash is at `start`, or 0. */
export function backslashAt(bytes: Uint8Array, start: number, filled: number): number {
  let at = start + 1;
  while (at < start + BACKSLASHES && at < filled && bytes[at] === BACKSLASH) at++;
  if (at >= filled) return NONE;
  const kind = bytes[at]!;
  if (IS_PUNCTUATION[kind] === 1) return packed(kind, at + 1 - start, FORMS.backslash);
  if (kind === LOWER_X || kind === LOWER_U || kind === UPPER_U) return lettered(bytes, start, at, filled);
  if (kind === LOWER_O || kind === UPPER_N) return braced(bytes, start, at, filled);
  return DIGIT[kind]! < 8 ? numbered(bytes, start, at, filled) : NONE;
}

/** @param at the place of the letter */
function lettered(bytes: Uint8Array, start: number, at: number, filled: number): number {
  const kind = bytes[at]!;
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

/** `\o{55}` and `\N{U+2D}`. */
function braced(bytes: Uint8Array, start: number, at: number, filled: number): number {
  if (bytes[at + 1] !== OPEN) return NONE;
  const isOctal = bytes[at] === LOWER_O;
  let digits = at + 2;
  if (!isOctal) {
    if (bytes[digits] !== UPPER_U || bytes[digits + 1] !== PLUS) return NONE;
    digits += 2;
  }
  const [radix, form] = isOctal ? [8, FORMS.octal] : [16, FORMS['unicode-escape']];
  let value = 0;
  let end = digits;
  for (; end < digits + ZEROS + 2 && end < filled && DIGIT[bytes[end]!]! < radix; end++)
    value = value * radix + DIGIT[bytes[end]!]!;
  if (end === digits || end >= filled || bytes[end] !== CLOSE || value > 0xff) return NONE;
  return packed(value, end + 1 - start, form);
}

/** Only numbers of visible ASCII: others are references in regular expressions, or control characters. */
function numbered(bytes: Uint8Array, start: number, at: number, filled: number): number {
  const octal = (from: number, count: number): number => {
    if (from + count > filled) return 0;
    let value = 0;
    for (let digit = from; digit < from + count; digit++) {
      if ((bytes[digit]! & 0xf8) !== ZERO) return 0;
      value = (value << 3) | (bytes[digit]! - ZERO);
    }
    return value >= 0x20 && value < 0x7f ? value : 0;
  };
  const kind = bytes[at]!;
  if (kind <= ZERO + 1) {
    const value = octal(at, 3);
    if (value > 0) return packed(value, at + 3 - start, FORMS.octal);
    // The `echo` and `printf` of shells write a zero before three digits, CSS as many as make six.
    const four = kind === ZERO ? octal(at + 1, 3) : 0;
    if (four > 0) return packed(four, at + 4 - start, FORMS.octal);
    return kind === ZERO ? sixDigits(bytes, start, at, filled) : NONE;
  }
  const value = octal(at, 2);
  if (value > 0 && (at + 2 >= filled || (bytes[at + 2]! & 0xf8) !== ZERO))
    return packed(value, at + 2 - start, FORMS.octal);
  // CSS and LDAP escape punctuation only.
  const hex = hexAt(bytes, at, filled);
  return hex <= 0xff && IS_PUNCTUATION[hex] === 1
    ? packed(hex, blankAfter(bytes, at + 2) - start, FORMS['unicode-escape'])
    : NONE;
}

function sixDigits(bytes: Uint8Array, start: number, at: number, filled: number): number {
  for (let zero = at; zero < at + CSS_ZEROS; zero++) if (bytes[zero] !== ZERO) return NONE;
  const value = hexAt(bytes, at + CSS_ZEROS, filled);
  return value > 0xff ? NONE : packed(value, at + CSS_ZEROS + 2 - start, FORMS['unicode-escape']);
}

/** A blank ends a number in CSS, and belongs to it. */
function blankAfter(bytes: Uint8Array, at: number): number {
  const next = bytes[at + 1]!;
  return bytes[at] === SPACE && (TOKEN[next] === 1 || next === BACKSLASH) ? at + 1 : at;
}

/** A character that is escaped by a backslash alone. */
export const isPunctuation = (character: string): boolean => IS_PUNCTUATION[character.charCodeAt(0)] === 1;

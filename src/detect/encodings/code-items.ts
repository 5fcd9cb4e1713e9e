/** Characters that are written one by one: a number in some radix, or a character in quotes. */

import { byteTable } from '../tokens/alphabet.ts';
import type { CodeKind } from './code-needles.ts';
import { backslashAt } from './backslash-escapes.ts';
import { escapeBefore } from './escape-forms.ts';
import { DIGIT, lengthOf as escapeLength, valueOf as escapeValue } from './escape-parts.ts';
import { BACKSLASH } from '../../lib/bytes.ts';

/** Reads items of one kind. An item is its value and its length in one number; negative: there is no item. */
export interface Items {
  /** Bytes that are between two of them at least, without blanks. */
  readonly joint: 0 | 1 | 2;
  readonly valueOf: (item: number) => number;
  readonly lengthOf: (item: number) => number;
  /** The item that begins at a place. */
  at(bytes: Uint8Array, at: number, filled: number): number;
  /** The item that ends at a place. */
  before(bytes: Uint8Array, end: number, filled: number): number;
  /** Where the item around a place begins. */
  startOf(bytes: Uint8Array, at: number): number;
  /** Bytes of the mark of a radix that ends at a place, `0x` for instance. */
  markBefore(bytes: Uint8Array, at: number): number;
  /** Bytes of the mark of a radix that begins at a place, with an item behind it. */
  markAt(bytes: Uint8Array, at: number, filled: number): number;
}

const NONE = -1;
const item = (value: number, length: number): number => value | (length << 8);
const valueOf = (packed: number): number => packed & 0xff;
const lengthOf = (packed: number): number => packed >> 8;

interface Radix {
  readonly radix: 2 | 8 | 10 | 16;
  /** Digits of a number. */
  readonly least: number;
  readonly most: number;
  readonly marks: readonly string[];
}

const RADIXES: Readonly<Record<Exclude<CodeKind, 'characters'>, Radix>> = {
  hex: { radix: 16, least: 2, most: 8, marks: ['0x', '0X', '16#', '&H', '&h', 'U+', 'u+', '$', '#'] },
  decimal: { radix: 10, least: 1, most: 4, marks: ['#'] },
  octal: { radix: 8, least: 2, most: 4, marks: ['0o', '0O', '8#', '&O', '&o'] },
  binary: { radix: 2, least: 7, most: 8, marks: ['0b', '0B', '2#'] },
};

export function itemsOf(kind: CodeKind): Items {
  return kind === 'characters' ? characters : numbers(RADIXES[kind]);
}

function numbers({ radix, least, most, marks }: Radix): Items {
  const isDigit = (byte: number | undefined): boolean => byte !== undefined && DIGIT[byte]! < radix;
  const read = (bytes: Uint8Array, start: number, end: number): number => {
    const length = end - start;
    if (length < least || length > most) return NONE;
    let value = 0;
    for (let at = start; at < end; at++) value = value * radix + DIGIT[bytes[at]!]!;
    return value > 0xff ? NONE : item(value, length);
  };
  const known = marks.map((mark) => Buffer.from(mark));
  return {
    // With blanks alone, it is a dump.
    joint: radix === 16 ? 1 : 0,
    valueOf,
    lengthOf,
    at(bytes, start, filled) {
      if (start > 0 && isDigit(bytes[start - 1])) return NONE;
      let end = start;
      while (end < filled && end <= start + most && isDigit(bytes[end])) end++;
      return end < filled ? read(bytes, start, end) : NONE;
    },
    before(bytes, end) {
      let start = end;
      while (start > 0 && start >= end - most && isDigit(bytes[start - 1])) start--;
      return read(bytes, start, end);
    },
    startOf(bytes, at) {
      let start = at;
      while (start > 0 && start > at - most && isDigit(bytes[start - 1])) start--;
      return start;
    },
    markBefore(bytes, at) {
      for (const mark of known)
        if (at >= mark.length && mark.every((byte, index) => bytes[at - mark.length + index] === byte))
          return mark.length;
      return 0;
    },
    markAt(bytes, at, filled) {
      for (const mark of known)
        if (
          mark.every((byte, index) => bytes[at + index] === byte) &&
          isDigit(bytes[at + mark.length]) &&
          at + mark.length < filled
        )
          return mark.length;
      return 0;
    },
  };
}

const IS_QUOTE = byteTable('\'"`');
const CHARACTER = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));

/** The quotes belong to what is between two characters. */
const characters: Items = {
  joint: 2,
  valueOf,
  lengthOf,
  at(bytes, at, filled) {
    const quote = bytes[at - 1]!;
    if (at === 0 || IS_QUOTE[quote] !== 1) return NONE;
    const escape = bytes[at] === BACKSLASH ? backslashAt(bytes, at, filled) : 0;
    if (escape === 0 && CHARACTER[bytes[at]!] === 0) return NONE;
    const length = escape === 0 ? 1 : escapeLength(escape);
    const end = bytes[at + length] === BACKSLASH ? at + length + 1 : at + length;
    return end < filled && bytes[end] === quote ? item(escape === 0 ? bytes[at]! : escapeValue(escape), length) : NONE;
  },
  before(bytes, end, filled) {
    const escape = escapeBefore(bytes, end, filled, 'escaped');
    const length = escape === 0 ? 1 : escapeLength(escape);
    const start = end - length;
    if (start < 1 || IS_QUOTE[bytes[start - 1]!] !== 1 || CHARACTER[bytes[start]!] === 0) return NONE;
    return item(escape === 0 ? bytes[start]! : escapeValue(escape), length);
  },
  startOf: (_, at) => at,
  markBefore: () => 0,
  markAt: () => 0,
};

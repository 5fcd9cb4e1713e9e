/**
 * Whether a run of token characters may be a value: cheap tests of its bytes, which nearly all runs fail. What passes is a value only if
 * it looks generated, and if what it is assigned to says so.
 */

import type { Span } from '../../model/region.ts';
import { BACKSLASH, COLON, DASH, PERCENT, SLASH, UNDERSCORE } from '../../lib/bytes.ts';
import type { AssignedValue } from '../../model/ruleset.ts';
import { byteTable } from '../tokens/alphabet.ts';
import { RUNNER_LENGTH } from './takes.ts';

/** Bytes of the longest value, encoded or not. */
export const LONGEST = 128;

const IS_HEX_TEXT = /^[0-9a-f]+$/;
const IS_NAME = byteTable('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_');
const NAME_MAX = 80;
const OPENING_BRACE = 0x7b;
const IS_HEX = byteTable('0123456789abcdefABCDEF');
/** What an escape sequence has behind its backslash, by its first character: `\n`, `\x3d`, `\u0022`. */
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { n: 1, r: 1, t: 1, b: 1, f: 1, x: 3, u: 5 };

const HEX_DIGIT = 1;
const HEX_LETTER = 2;
const SMALL = 4;
const CAPITAL = 8;
/** Devise's generator writes others in their place. */
const REPLACED = 16;
const NO_HEX = 32;
const HEX = HEX_DIGIT | HEX_LETTER;
const CLASSES = new Uint8Array(256);
for (const [characters, is] of [
  ['0123456789', HEX_DIGIT],
  ['abcdef', HEX_LETTER],
  ['abcdefghijklmnopqrstuvwxyz', SMALL],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL],
  ['lIO0', REPLACED],
  ['ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_', NO_HEX],
] as const)
  for (const byte of Buffer.from(characters)) CLASSES[byte]! |= is;

/** A value never follows one of these: it is a part of a path, a sum, a variable. */
const NEVER_BEFORE = byteTable('.+#$~^*<');
/** Nor does one of these and a word follow it. */
const NEVER_AFTER = byteTable('+/=.');
const CONTINUES = byteTable('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+/=');

/** What values look like. */
export class ValueShapes {
  /** By length: 1 if values of the kind have it. */
  readonly #hex = new Uint8Array(LONGEST + 1);
  readonly #devise = new Uint8Array(LONGEST + 1);
  readonly #hasRunners: boolean;
  /** By length of hex digits: one of the words that is next to each such value. */
  readonly #words: (RegExp | undefined)[] = [];

  constructor(values: readonly AssignedValue[]) {
    this.#hasRunners = values.some(({ kind }) => kind === `runner:${RUNNER_LENGTH}`);
    for (const { kind, words } of values) {
      const length = Number(kind.split(':')[1]);
      if (kind.startsWith('devise:')) this.#devise[length] = 1;
      if (!kind.startsWith('hex:')) continue;
      this.#hex[length] = 1;
      this.#words[length] = words && new RegExp(words.join('|'), 'i');
    }
  }

  /** Whether a run has the length and the characters of a value. */
  includes(bytes: Uint8Array, { start, end }: Span): boolean {
    const length = end - start;
    const isHex = this.#hex[length] === 1;
    const isOther =
      // The third character of a runner's token is an underscore.
      this.#devise[length] === 1 || (length === RUNNER_LENGTH && this.#hasRunners && bytes[start + 2] === UNDERSCORE);
    if (!isHex && !isOther) return false;
    let seen = 0;
    for (let at = start; at < end; at++) seen |= CLASSES[bytes[at]!]!;
    if ((seen & NO_HEX) === 0) return isHex && (seen & HEX) === HEX;
    return isOther && (seen & (SMALL | CAPITAL | REPLACED)) === (SMALL | CAPITAL);
  }

  /** Whether the text on one of the sides of a value may have a name in it: most checksums are next to no such word. */
  mayBeNamed(value: string, left: string, right: string): boolean {
    const words = IS_HEX_TEXT.test(value) ? this.#words[value.length] : undefined;
    return words === undefined || words.test(left) || words.test(right);
  }
}

/** The run without the end of an escape sequence that begins before it, and without the `-` of a shell's default value `:-`. */
export function withoutEscape(bytes: Uint8Array, start: number, end: number): Span {
  return { start: start + escapeLength(bytes, start, end), end };
}

/**
 * Whether the bytes next to a value make it a part of something longer. `readAround` would read all of it, and say the same.
 *
 * @param filled bytes that may be read
 */
export function isInMore(bytes: Uint8Array, { start, end }: Span, from: number, filled: number): boolean {
  if (start > from) {
    const before = bytes[start - 1]!;
    if (NEVER_BEFORE[before] === 1 || (before === SLASH && (start - 1 === from || bytes[start - 2] !== SLASH)))
      return true;
  }
  return end + 1 < filled && NEVER_AFTER[bytes[end]!] === 1 && CONTINUES[bytes[end + 1]!] === 1;
}

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
  return bytes[start] === DASH && before === COLON && isDefault(bytes, start - 1) ? 1 : 0;
}

/** Whether a variable of a shell ends before a colon: `${NAME:-value}`. */
function isDefault(bytes: Uint8Array, colon: number): boolean {
  let at = colon;
  while (at > 0 && colon - at < NAME_MAX && IS_NAME[bytes[at - 1]!] === 1) at--;
  return at < colon && bytes[at - 1] === OPENING_BRACE;
}

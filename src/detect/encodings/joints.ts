/**
 * Joints: the text between two runs of encoded text that are one value. A joint is a line break after a line of any
 * width, with the characters that programs and people put around it: quotes, a sign that joins strings, a backslash, an
 * indent.
 */

import { byteTable } from '../tokens/alphabet.ts';
import type { Text } from './encoding.ts';
import { IS_JOINT } from './joint-bytes.ts';
import { endOf, type Joints, startOf } from './lines.ts';
import { CR, LF } from '../../lib/bytes.ts';

const IS_BLANK = byteTable(' \t');
const IS_QUOTE = byteTable('"\'`');
const IS_SIGN = byteTable('+.&,|\\');
const IS_WORD = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_');
/** A shorter run was not broken because of its length. */
const SHORTEST = 8;
/** The longest joint. No indent is longer. */
const LONGEST = 256;
const SIGNS = 2;
const QUOTES = 2;

export const LOOSE: Joints = { next: runAfter, before: runBefore };

/** What may be crossed from one run to the next. @param is 1 for the characters of encoded text */
export function crossedByJoints(is: Uint8Array): Uint8Array {
  return is.map((own, byte) => own | IS_JOINT[byte]!);
}

/** The start of the run that continues the one that ends at `at`, or undefined. */
function runAfter(text: Text, at: number, is: Uint8Array): number | undefined {
  const { bytes, filled } = text;
  const last = Math.min(filled, at + LONGEST);
  let ends = 0;
  let quotes = 0;
  let signs = 0;
  let next = at;
  for (; next < last; next++) {
    const byte = bytes[next]!;
    if (byte === CR || byte === LF) {
      if (byte === CR || next === at || bytes[next - 1] !== CR) ends++;
    } else if (IS_QUOTE[byte] === 1) quotes++;
    else if (IS_SIGN[byte] === 1) signs++;
    else if (IS_BLANK[byte] === 0) break;
    // There is no other line between two lines of one value.
    if (ends > 1 || quotes > QUOTES || signs > SIGNS) return undefined;
  }
  if (next === last || (ends === 0 && quotes < QUOTES) || is[bytes[next]!] === 0) return undefined;
  if (at - startOf(text, at, is) < SHORTEST) return undefined;
  const end = endOf(text, next, is);
  return end >= filled || IS_WORD[bytes[end]!] === 0 ? next : undefined;
}

/** The end of the run that the one at `at` continues. */
function runBefore(text: Text, at: number, is: Uint8Array): number | undefined {
  const floor = Math.max(0, at - LONGEST);
  let before = at;
  while (before > floor && IS_JOINT[text.bytes[before - 1]!] === 1) before--;
  return before < at && runAfter(text, before, is) === at ? before : undefined;
}

/**
 * What may stand between two runs of encoded text that are one value: the end of a line of any width, whatever ends lines, and
 * what programs and people put around it: quotes, a sign that joins strings, a backslash, an indent.
 */

import { byteTable } from '../tokens/alphabet.ts';
import type { Text } from './encoding.ts';
import { endOf, type Joints, startOf } from './lines.ts';
import { CR, LF } from '../../lib/bytes.ts';

const IS_BLANK = byteTable(' \t');
const IS_QUOTE = byteTable('"\'`');
const IS_SIGN = byteTable('+.&,|\\');
const IS_JOINT = byteTable(' \t\r\n"\'`+.&,|\\');
const IS_WORD = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_');
/** A run with fewer characters was not broken because it was long. */
const SHORTEST = 8;
/** Nobody indents by more. */
const LONGEST = 256;
const SIGNS = 2;
const QUOTES = 2;

export const LOOSE: Joints = { next: runAfter, before: runBefore };

/** Where the next run begins after one that ends at `at`; undefined: none belongs to it. */
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
    // What stands between two lines that are one value is no line.
    if (ends > 1 || quotes > QUOTES || signs > SIGNS) return undefined;
  }
  if (next === last || (ends === 0 && quotes < QUOTES) || is[bytes[next]!] === 0) return undefined;
  if (at - startOf(text, at, is) < SHORTEST) return undefined;
  const end = endOf(text, next, is);
  return end >= filled || IS_WORD[bytes[end]!] === 0 ? next : undefined;
}

/** Where the run ends before one that begins at `at`. */
function runBefore(text: Text, at: number, is: Uint8Array): number | undefined {
  const floor = Math.max(0, at - LONGEST);
  let before = at;
  while (before > floor && IS_JOINT[text.bytes[before - 1]!] === 1) before--;
  return before < at && runAfter(text, before, is) === at ? before : undefined;
}

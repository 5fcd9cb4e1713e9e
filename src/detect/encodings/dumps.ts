/**
 * Two hex digits for each byte with blanks between them, or between groups of them, as `xxd`, `hexdump`, `od` and debuggers
 * print bytes. A line may begin with the place of its first byte, and end with the bytes as text:
 *
 *     00000010: 676c 7061 742d 3132  glpat-12
 */

import { byteTable } from '../tokens/alphabet.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, Text } from './encoding.ts';
import { dumpNeedles } from './code-needles.ts';
import { byteOf, IS_HEX } from './hex-digits.ts';
import { COLON, CR, LF, SPACE, TAB } from '../../lib/bytes.ts';

/** Bytes of the longest line. */
const LINE_MAX = 256;
/** More blanks end what a line has in hex; two are between the halves of a line. */
const BLANKS = 2;
/** Bytes of half a line. */
const HALF = 8;
/** Digits of the place at the beginning of a line, if no colon follows them. */
const PLACE_MIN = 6;
const PLACE_MAX = 16;
const BAR = 0x7c;
const IS_BLANK = byteTable(' \t');

export const dumps: Encoding = {
  name: 'hex',
  readings: 1,
  expansion: 4, // up to 5, in lines with little in hex: then only as much as a credential may be long is decoded
  reachesFar: true,
  needlesFor: dumpNeedles,
  anchor({ bytes, filled }, position, phase) {
    const at = position + phase;
    // Digits without a blank among them are another encoding.
    return isByte(bytes, at, filled) && hasBlankNear(bytes, at, filled) ? at : undefined;
  },
  decode,
};

function decode({ bytes, filled }: Text, anchor: number, run: DecodedRun): void {
  for (let at: number | undefined = anchor; at !== undefined; at = after(bytes, at + 2, filled))
    if (!run.append(byteOf(bytes[at]!, bytes[at + 1]!), at, at + 2)) break;
  for (let at = before(bytes, anchor, filled); at !== undefined; at = before(bytes, at, filled))
    if (!run.prepend(byteOf(bytes[at]!, bytes[at + 1]!), at, at + 2)) break;
}

function isByte(bytes: Uint8Array, at: number, filled: number): boolean {
  return at >= 0 && at + 1 < filled && IS_HEX[bytes[at]!] === 1 && IS_HEX[bytes[at + 1]!] === 1;
}

function hasBlankNear(bytes: Uint8Array, at: number, filled: number): boolean {
  for (let near = Math.max(0, at - 8); near < Math.min(filled, at + 10); near++)
    if (IS_BLANK[bytes[near]!] === 1) return true;
  return false;
}

/** How many bytes a line has in hex up to `end`. */
function bytesBefore(bytes: Uint8Array, end: number, filled: number): number {
  const line = startOfLine(bytes, end);
  if (line === undefined) return 0;
  let digits = 0;
  for (let at = afterPlace(bytes, line, filled); at < end; at++) if (IS_HEX[bytes[at]!] === 1) digits++;
  return digits / 2;
}

/** The next byte behind `end`. */
function after(bytes: Uint8Array, end: number, filled: number): number | undefined {
  if (isByte(bytes, end, filled)) return end;
  let at = end;
  while (at < end + BLANKS && IS_BLANK[bytes[at]!] === 1) at++;
  const isHex = at > end && isByte(bytes, at, filled) && !isText(bytes, at, filled);
  // Two blanks are between the halves of a line, or before its text, which may look like hex.
  if (isHex && (at < end + BLANKS || bytesBefore(bytes, end, filled) === HALF)) return at;
  const line = endOfLine(bytes, end, filled);
  if (line === undefined) return undefined;
  const first = afterPlace(bytes, line + 1, filled);
  return isByte(bytes, first, filled) && !isText(bytes, first, filled) ? first : undefined;
}

/** The byte before the one at `start`. */
function before(bytes: Uint8Array, start: number, filled: number): number | undefined {
  if (isByte(bytes, start - 2, filled)) return start - 2;
  let end = start;
  while (end > start - BLANKS && end > 0 && IS_BLANK[bytes[end - 1]!] === 1) end--;
  const line = startOfLine(bytes, start);
  if (line === undefined) return undefined;
  const first = afterPlace(bytes, line, filled);
  if (start > first) return end < start && isByte(bytes, end - 2, filled) && end - 2 >= first ? end - 2 : undefined;
  if (line === 0) return undefined;
  // The last byte of the line above, whose end only its beginning shows.
  const above = startOfLine(bytes, line - 1);
  if (above === undefined) return undefined;
  let last = afterPlace(bytes, above, filled);
  if (!isByte(bytes, last, filled)) return undefined;
  for (
    let next = after(bytes, last + 2, filled);
    next !== undefined && next < line;
    next = after(bytes, next + 2, filled)
  )
    last = next;
  return after(bytes, last + 2, filled) === start ? last : undefined;
}

/** Where the text of a line begins: the digits there are not followed by a blank or the end of the line. */
function isText(bytes: Uint8Array, start: number, filled: number): boolean {
  let at = start;
  while (at < filled && at < start + PLACE_MAX && IS_HEX[bytes[at]!] === 1) at++;
  const next = bytes[at];
  const isOver = at >= filled || next === SPACE || next === TAB || next === CR || next === LF || next === BAR;
  return !isOver || (at - start) % 2 === 1;
}

/** The line feed of the line. */
function endOfLine(bytes: Uint8Array, from: number, filled: number): number | undefined {
  for (let at = from; at < Math.min(filled, from + LINE_MAX); at++) if (bytes[at] === LF) return at;
  return undefined;
}

function startOfLine(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at >= Math.max(0, from - LINE_MAX); at--) if (at === 0 || bytes[at - 1] === LF) return at;
  return undefined;
}

/** Where the first byte of a line is, behind blanks and its place. */
function afterPlace(bytes: Uint8Array, line: number, filled: number): number {
  const start = afterBlanks(bytes, line, filled);
  let at = start;
  while (at < filled && at < start + PLACE_MAX && IS_HEX[bytes[at]!] === 1) at++;
  const isMarked = bytes[at] === COLON;
  if (at === start || (!isMarked && at - start < PLACE_MIN)) return start;
  const end = isMarked ? at + 1 : at;
  const next = afterBlanks(bytes, end, filled);
  return next > end ? next : start;
}

function afterBlanks(bytes: Uint8Array, from: number, filled: number): number {
  let at = from;
  while (at < filled && at < from + LINE_MAX && IS_BLANK[bytes[at]!] === 1) at++;
  return at;
}

/**
 * Whether a line feed splits a needle. It may be in encoded text, which continues on the next line: then a needle that it
 * splits has two, and four, adjacent bytes on both sides of it. Few line feeds have such bytes around them, so few reach the host.
 *
 * Guarantee of `splitsNeedle`: false only if no encoding has an anchor there, whatever follows `end` (`Encoding.across`:
 * `cutPieces` of `encodings/lines.ts` and `softBreakAt` of `encodings/escapes.ts`). So to leave such line feeds out changes
 * no finding. True proves nothing: many four bytes have the same hash.
 *
 * Its twin is `search/needle-neighbours.ts`. This file knows no layout of memory, so that other modules can import it.
 */

import { SPLIT_BY_LINES, SPLIT_BY_SOFT_BREAKS } from './guard-kinds';

/**
 * Bytes of the table: a bit for each pair of bytes, and one for each hash of four, in what ends of lines may split; a bit for each pair in
 * what soft line breaks may split.
 */
export const NEIGHBOURS_SIZE: usize = 24576;
const HASHES: usize = 8192;
const SOFT_PAIRS: usize = 16384;
const HASH_FACTOR: u32 = 0x9e3779b1;

const TAB: u8 = 0x09;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const SPACE: u8 = 0x20;
const PERCENT: u8 = 0x25;
const AMPERSAND: u8 = 0x26;
const SEMICOLON: u8 = 0x3b;
const EQUALS: u8 = 0x3d;
const BACKSLASH: u8 = 0x5c;
const CLOSE: u8 = 0x7d;

/** Adds the bytes that are adjacent in a needle to a table, which is zeros before. @param splits what may split it */
export function addNeighbours(needle: usize, length: usize, splits: u32, table: usize): void {
  for (let at = needle; at + 2 <= needle + length; at++) {
    if ((splits & SPLIT_BY_SOFT_BREAKS) != 0) setBit(table + SOFT_PAIRS, <u32>load<u16>(at));
    if ((splits & SPLIT_BY_LINES) == 0) continue;
    setBit(table, <u32>load<u16>(at));
    if (at + 4 <= needle + length) setBit(table + HASHES, hashOf(load<u32>(at)));
  }
}

function setBit(table: usize, index: u32): void {
  const bits = table + <usize>(index >> 3);
  store<u8>(bits, <u8>(<u32>load<u8>(bits) | (1 << (index & 7))));
}

/**
 * @param feed the place of the line feed, in the text that begins at `text`; nothing precedes it
 * @param end of the bytes that are there: more may follow
 * @param table of what is adjacent in the needles
 */
export function splitsNeedle(feed: usize, text: usize, end: usize, table: usize): bool {
  const lineEnd = feed - <usize>(feed > text && load<u8>(feed - 1) == CR);
  if (lineEnd > text && load<u8>(lineEnd - 1) == EQUALS) return splitsEscaped(lineEnd - 1, text, feed + 1, end, table);
  let next = feed + 1;
  while (next < end && isBlank(load<u8>(next))) next++;
  if (next + 3 > end || lineEnd < text + 4) return true;
  if (bitOf(table, <u32>load<u8>(lineEnd - 1) | (<u32>load<u8>(next) << 8)) == 0) return false;
  const before = load<u32>(lineEnd - 4);
  const after = load<u32>(next);
  const hashes = table + HASHES;
  return (
    (bitOf(hashes, hashOf((before >> 8) | (after << 24))) |
      bitOf(hashes, hashOf((before >> 16) | (after << 16))) |
      bitOf(hashes, hashOf((before >> 24) | (after << 8)))) !=
    0
  );
}

/** Whether two bytes may be adjacent in a text that is escaped. */
// @ts-ignore: decorator
@inline
export function isSoftPair(first: u32, second: u32, table: usize): bool {
  return bitOf(table + SOFT_PAIRS, first | (second << 8)) != 0;
}

/** The same for a soft line break. The byte that an escape encodes may be adjacent to anything. */
function splitsEscaped(equals: usize, text: usize, next: usize, end: usize, table: usize): bool {
  if (equals < text + 2 || next >= end || isLead(load<u8>(next))) return true;
  const last = load<u8>(equals - 1);
  return last == LF || mayEndEscape(equals) || bitOf(table + SOFT_PAIRS, <u32>last | (<u32>load<u8>(next) << 8)) != 0;
}

// @ts-ignore: decorator
@inline
function bitOf(table: usize, index: u32): u32 {
  return (<u32>load<u8>(table + <usize>(index >> 3)) >> (index & 7)) & 1;
}

// @ts-ignore: decorator
@inline
function hashOf(bytes: u32): u32 {
  return (bytes * HASH_FACTOR) >>> 16;
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u8): bool {
  return byte == SPACE || byte == TAB || byte == CR;
}

/** Whether a byte begins an escape, or another soft line break. */
// @ts-ignore: decorator
@inline
function isLead(byte: u8): bool {
  return byte == EQUALS || byte == PERCENT || byte == BACKSLASH || byte == AMPERSAND;
}

/** Whether the byte before `end` may be the last of an escape: `=2D`, `\u{2d}`, `&#45;`, `\-`. */
// @ts-ignore: decorator
@inline
function mayEndEscape(end: usize): bool {
  const last = load<u8>(end - 1);
  const before = load<u8>(end - 2);
  return before == BACKSLASH || (isHex(before) && (isHex(last) || last == SEMICOLON || last == CLOSE));
}

// @ts-ignore: decorator
@inline
export function isHex(byte: u8): bool {
  return <u8>(byte - 0x30) < 10 || <u8>((byte | 0x20) - 0x61) < 6;
}

/**
 * Encoded text that was broken into lines: base64 at 64 or 76 columns, YAML block scalars, hex dumps. A line belongs to
 * the one before it when it holds nothing but encoded text, and the one before is full.
 */

import type { Text } from './encoding.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
/** A line with fewer characters of encoded text was not broken because it was full. */
const FULL = 32;
/** Lines are broken so that they are not longer than this. */
export const LINE_MAX = 4096;

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB || byte === CR;

/** Where the text goes on after a line that ends at `at`; undefined: it does not. @param is which characters are encoded text */
export function nextLine({ bytes, filled }: Text, at: number, is: Uint8Array): number | undefined {
  let next = afterBlanks(at, bytes, filled);
  if (next >= filled || bytes[next] !== LF) return undefined;
  if (!isFull(bytes, at, is)) return undefined;
  next = afterBlanks(next + 1, bytes, filled);
  let end = next;
  while (end < filled && end < next + LINE_MAX && is[bytes[end]!] === 1) end++;
  if (end === next) return undefined;
  const last = Math.min(filled, end + LINE_MAX);
  while (end < last && (bytes[end] === 0x3d || isBlank(bytes[end]))) end++;
  // A quote, a bracket or a comma may stand after the last line.
  return end >= filled || bytes[end] === LF || !isWord(bytes[end]!) ? next : undefined;
}

/** Where the line ends before the one whose text begins at `at`; undefined: that one is the first. */
export function lineBefore(text: Text, at: number, is: Uint8Array): number | undefined {
  const { bytes } = text;
  let before = beforeBlanks(at, bytes);
  if (before === 0 || bytes[before - 1] !== LF) return undefined;
  before = beforeBlanks(before - 1, bytes);
  return before > 0 && nextLine(text, before, is) === at ? before : undefined;
}

/** No line is indented by more. */
function afterBlanks(at: number, bytes: Uint8Array, filled: number): number {
  const end = Math.min(filled, at + LINE_MAX);
  let next = at;
  while (next < end && isBlank(bytes[next])) next++;
  return next;
}

function beforeBlanks(at: number, bytes: Uint8Array): number {
  const start = Math.max(0, at - LINE_MAX);
  let before = at;
  while (before > start && isBlank(bytes[before - 1])) before--;
  return before;
}

function isFull(bytes: Uint8Array, end: number, is: Uint8Array): boolean {
  for (let at = end - 1; at >= end - FULL; at--) if (at < 0 || is[bytes[at]!] !== 1) return false;
  return true;
}

/** Letters, digits and what stands in the middle of ordinary text. */
function isWord(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x3a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2e ||
    byte === 0x28 ||
    byte >= 0x80
  );
}

/**
 * The pieces of `length` characters that the line feed at `position` cuts in two, with the place of each character.
 */
export function cutPieces(
  text: Text,
  position: number,
  is: Uint8Array,
  length: number,
): readonly { readonly piece: string; readonly places: readonly number[] }[] {
  const { bytes, filled } = text;
  const end = position - (bytes[position - 1] === CR ? 1 : 0);
  const next = nextLine(text, end, is);
  if (next === undefined) return [];
  const places = Array.from({ length: length - 1 }, (_, index) => end - (length - 1) + index);
  for (let at = next; at < Math.min(filled, next + length - 1) && is[bytes[at]!] === 1; at++) places.push(at);
  return Array.from({ length: Math.max(0, places.length - length + 1) }, (_, index) => {
    const own = places.slice(index, index + length);
    return { piece: String.fromCharCode(...own.map((at) => bytes[at]!)), places: own };
  });
}

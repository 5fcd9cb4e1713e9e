/**
 * Base64, of the standard and of the URL-safe alphabet, on one line or broken into several. A literal has three looks
 * in it, by the place of its first byte in a group of three.
 */

import { byteTable } from '../alphabet.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, Piece, Text } from './encoding.ts';
import { cutPieces, LINE_MAX, lineBefore, nextLine } from './lines.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PIECE = 4;
const PADDING = 0x3d;
const VALUES = new Uint8Array(256);
[...ALPHABET].forEach((character, value) => (VALUES[character.charCodeAt(0)] = value));
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;
const IS_BASE64 = byteTable(`${ALPHABET}-_`);

/** As if it ended with its line. */
export const base64: Encoding = encoding(false);
/** With the lines around it; nothing where there are none. */
export const base64Lines: Encoding = encoding(true);

function encoding(joins: boolean): Encoding {
  const right = (text: Text, at: number): number | undefined => {
    if (at < text.filled && IS_BASE64[text.bytes[at]!] === 1) return at;
    return joins ? nextLine(text, at, IS_BASE64) : undefined;
  };
  const left = (text: Text, at: number): number | undefined => {
    if (at > 0 && IS_BASE64[text.bytes[at - 1]!] === 1) return at - 1;
    const end = joins ? lineBefore(text, at, IS_BASE64) : undefined;
    return end === undefined ? undefined : end - 1;
  };

  const groupOf = (text: Text, position: number, phase: number): number | undefined => {
    let at: number | undefined = position;
    for (let step = 0; step < phase && at !== undefined; step++) at = left(text, at);
    return at;
  };

  return {
    name: 'base64',
    ...(joins ? { reachesFar: true } : {}),
    expansion: 2, // 4/3, and the ends and beginnings of lines
    pieces: base64Pieces,
    anchor: groupOf,
    ...(joins
      ? {
          across: (text, position, { phasesOf }) =>
            cutPieces(text, position, IS_BASE64, PIECE).flatMap(({ piece, places }) =>
              phasesOf(piece).flatMap((phase) => groupOf(text, places[0]!, phase) ?? []),
            ),
        }
      : {}),
    decode(text, anchor, run) {
      if (joins && !isBroken(text, anchor)) return;
      decodeRight(text, anchor, run, right);
      decodeLeft(text, anchor, run, left);
    },
  };
}

/** Whether the line of encoded text around `at` is one of several. */
function isBroken(text: Text, at: number): boolean {
  let end = at;
  while (end < Math.min(text.filled, at + LINE_MAX) && IS_BASE64[text.bytes[end]!] === 1) end++;
  if (nextLine(text, end, IS_BASE64) !== undefined) return true;
  let start = at;
  while (start > Math.max(0, at - LINE_MAX) && IS_BASE64[text.bytes[start - 1]!] === 1) start--;
  return lineBefore(text, start, IS_BASE64) !== undefined;
}

/** Decodes characters of base64 that stand side by side; false: there is no room for all of them. */
export function decodeBase64Run(bytes: Uint8Array, start: number, end: number, run: DecodedRun): boolean {
  for (let at = start; at < end; at += 4) {
    for (let index = 0; index < 3 && at + index + 1 < end && bytes[at + index + 1] !== PADDING; index++) {
      const first = at + index;
      if (!run.append(byteAt(bytes, first, first + 1, index), first, first + 2)) return false;
    }
  }
  return true;
}

type Step = (text: Text, at: number) => number | undefined;

function decodeRight(text: Text, anchor: number, run: DecodedRun, right: Step): void {
  const { bytes } = text;
  let next: number | undefined = anchor;
  for (;;) {
    const places: number[] = [];
    while (places.length < 4 && next !== undefined) {
      const at = right(text, next);
      if (at === undefined) next = undefined;
      else {
        places.push(at);
        next = at + 1;
      }
    }
    for (let index = 0; index + 1 < places.length; index++) {
      const [first, second] = [places[index]!, places[index + 1]!];
      if (!run.append(byteAt(bytes, first, second, index), first, second + 1)) return;
    }
    if (places.length < 4) return;
  }
}

function decodeLeft(text: Text, anchor: number, run: DecodedRun, left: Step): void {
  const { bytes } = text;
  let before: number | undefined = anchor;
  for (;;) {
    const places: number[] = [];
    while (places.length < 4 && before !== undefined) {
      before = left(text, before);
      if (before !== undefined) places.unshift(before);
    }
    // What is left of the first whole group was no base64.
    if (places.length < 4) return;
    for (let index = 2; index >= 0; index--) {
      const [first, second] = [places[index]!, places[index + 1]!];
      if (!run.prepend(byteAt(bytes, first, second, index), first, second + 1)) return;
    }
  }
}

/** The byte of a group of three that stands in two neighbouring characters. */
function byteAt(bytes: Uint8Array, first: number, second: number, index: number): number {
  const [high, low] = [VALUES[bytes[first]!]!, VALUES[bytes[second]!]!];
  return ((high << (2 * index + 2)) | (low >> (4 - 2 * index))) & 0xff;
}

/** What the beginning of a literal looks like: characters that it alone determines, and few, so that literals share them. */
function base64Pieces(literal: string): Piece[] {
  return [0, 1, 2].flatMap((lead) => {
    const { text, phase } = determined(literal.slice(0, lead === 0 ? 3 : 4), lead);
    const piece = text.slice(0, PIECE);
    const urlSafe = piece.replaceAll('+', '-').replaceAll('/', '_');
    return [...new Set([piece, urlSafe])].map((each) => ({ text: each, phase }));
  });
}

/** @param lead bytes that stand before */
function determined(part: string, lead: number): Piece {
  const padded = Buffer.concat([Buffer.alloc(lead), Buffer.from(part, 'latin1')]).toString('base64');
  const first = Math.ceil((8 * lead) / 6);
  return { text: padded.slice(first, Math.floor((8 * (lead + part.length)) / 6)), phase: first % 4 };
}

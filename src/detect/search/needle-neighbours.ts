/**
 * Whether a line feed splits a needle: the twin of `simd/assembly/splits.ts`, which explains it. Both give the same answer
 * for every text.
 */

import { AMPERSAND, BACKSLASH, CR, EQUALS, LF, PERCENT, SEMICOLON, SPACE, TAB } from '../../lib/bytes.ts';
import { SPLITS, UNKNOWN_NEEDLE } from './guards.ts';
import type { SearchedNeedles } from './kernel.ts';
import { CLOSE } from '../encodings/escape-parts.ts';
import { IS_HEX } from '../encodings/hex-digits.ts';

const PAIRS = 0x10000;
const HASHES = 0x10000;
const FACTOR = 0x9e3779b1;

/** The bytes that are adjacent in needles. */
export class NeedleNeighbours {
  /** 1 for each pair, and for each hash of four bytes. */
  readonly #pairs = new Uint8Array(PAIRS);
  readonly #hashes = new Uint8Array(HASHES);
  /** Pairs of what soft line breaks may split. */
  readonly #softPairs = new Uint8Array(PAIRS);

  constructor({ texts, guards }: SearchedNeedles) {
    for (const [index, text] of texts.entries()) {
      const splits = guards?.[index] ?? UNKNOWN_NEEDLE;
      const isSplitByLines = (splits & SPLITS.byLines) !== 0;
      for (let at = 0; at + 2 <= text.length; at++) {
        const pair = pairOf(text.charCodeAt(at), text.charCodeAt(at + 1));
        if (isSplitByLines) this.#pairs[pair] = 1;
        if ((splits & SPLITS.bySoftBreaks) !== 0) this.#softPairs[pair] = 1;
      }
      if (!isSplitByLines) continue;
      const bytes = Buffer.from(text, 'latin1');
      for (let at = 0; at + 4 <= bytes.length; at++) this.#hashes[hashOf(bytes.readUInt32LE(at))] = 1;
    }
  }

  /** Whether two bytes may be adjacent in a text that is escaped. */
  isSoftPair(first: number, second: number): boolean {
    return this.#softPairs[pairOf(first, second)] === 1;
  }

  /** Whether the line feed at `feed` may split a needle. @param end of the bytes that are there: more may follow */
  mayBeSplit(bytes: Uint8Array, feed: number, end: number): boolean {
    const lineEnd = feed - (feed > 0 && bytes[feed - 1] === CR ? 1 : 0);
    if (lineEnd > 0 && bytes[lineEnd - 1] === EQUALS) return this.#isEscapedSplit(bytes, lineEnd - 1, feed + 1, end);
    let next = feed + 1;
    while (next < end && isBlank(bytes[next])) next++;
    if (next + 3 > end || lineEnd < 4) return true;
    if (this.#pairs[pairOf(bytes[lineEnd - 1]!, bytes[next]!)] === 0) return false;
    const before = bytes[lineEnd - 3]! | (bytes[lineEnd - 2]! << 8) | (bytes[lineEnd - 1]! << 16);
    const after = bytes[next]! | (bytes[next + 1]! << 8) | (bytes[next + 2]! << 16);
    return (
      this.#has(before | (after << 24)) ||
      this.#has((before >>> 8) | (after << 16)) ||
      this.#has((before >>> 16) | (after << 8))
    );
  }

  #isEscapedSplit(bytes: Uint8Array, equals: number, next: number, end: number): boolean {
    if (equals < 2 || next >= end || isLead(bytes[next])) return true;
    const last = bytes[equals - 1]!;
    return last === LF || mayEndEscape(bytes, equals) || this.#softPairs[pairOf(last, bytes[next]!)] === 1;
  }

  #has(bytes: number): boolean {
    return this.#hashes[hashOf(bytes)] === 1;
  }
}

function pairOf(first: number, second: number): number {
  return first | (second << 8);
}

function hashOf(bytes: number): number {
  return Math.imul(bytes, FACTOR) >>> 16;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

function isLead(byte: number | undefined): boolean {
  return byte === EQUALS || byte === PERCENT || byte === BACKSLASH || byte === AMPERSAND;
}

function mayEndEscape(bytes: Uint8Array, end: number): boolean {
  const [before, last] = [bytes[end - 2]!, bytes[end - 1]!];
  if (before === BACKSLASH) return true;
  return IS_HEX[before] === 1 && (IS_HEX[last] === 1 || last === SEMICOLON || last === CLOSE);
}

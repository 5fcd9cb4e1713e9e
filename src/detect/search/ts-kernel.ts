/**
 * The kernel in plain TypeScript: Wu and Manber's multi-literal search ("A fast algorithm for multi-pattern
 * searching", 1994) with blocks of two bytes. It is the reference for faster kernels, and their fallback.
 *
 * A window as long as the shortest needle slides over the bytes. A needle's head is its first bytes, as many as the
 * window has. The window's last two bytes decide how far it may jump: to the next place where that pair could end a
 * head. Most pairs of ordinary text occur in no head, so most jumps are as long as the window less one.
 */

import { countLines } from '../../lib/text-position.ts';
import { type Hit, packHit, packLineBreak, positionOf } from './hit.ts';
import { isRuledOut } from './guards.ts';
import type { Kernel, SearchedNeedles } from './kernel.ts';
import { splitsEncodedText } from './line-breaks.ts';
import { findRuns } from './long-runs.ts';
import { NeedleNeighbours } from './needle-neighbours.ts';
import { RUN_SPAN, RUN_TOKEN_MIN } from './simd/assembly/memory.ts';
import { LF } from '../../lib/bytes.ts';

const PAIRS = 0x10000;

/** Makes the plain kernel. Every needle has at least 2 bytes. */
export function createTsKernel({ texts, guards }: SearchedNeedles, capacity: number): Kernel {
  const bytes = new Uint8Array(capacity);
  const text = Buffer.from(bytes.buffer);
  const runs = new Uint32Array((RUN_SPAN / RUN_TOKEN_MIN) * 4);
  const window = texts.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  if (!(window >= 2)) throw new RangeError('a kernel needs needles of at least two bytes');

  const jumps = new Uint8Array(PAIRS).fill(window - 1);
  /** For the pair that ends a head, the first needle with that head, and for a needle the next one; counted from 1. */
  const firsts = new Uint16Array(PAIRS);
  const nexts = new Uint16Array(texts.length + 1);
  for (let id = texts.length - 1; id >= 0; id--) {
    const needle = texts[id]!;
    for (let at = 0; at + 1 < window; at++) {
      const pair = needle.charCodeAt(at) | (needle.charCodeAt(at + 1) << 8);
      const jump = window - 2 - at;
      if (jump < jumps[pair]!) jumps[pair] = jump;
      if (jump > 0) continue;
      nexts[id + 1] = firsts[pair]!;
      firsts[pair] = id + 1;
    }
  }

  /** 1 for each pair that begins a head: zeros end the heads of needles in UTF-32, and files are full of zeros. */
  const begins = new Uint8Array(PAIRS);
  for (const needle of texts) begins[needle.charCodeAt(0) | (needle.charCodeAt(1) << 8)] = 1;

  const occursAt = (needle: string, position: number, to: number): boolean => {
    if (position + needle.length > to) return false;
    for (let at = 0; at < needle.length; at++) if (bytes[position + at] !== needle.charCodeAt(at)) return false;
    return true;
  };

  let made: NeedleNeighbours | undefined;
  const neighbours = (): NeedleNeighbours =>
    (made ??= new NeedleNeighbours(guards === undefined ? { texts } : { texts, guards }));
  const isPair = (first: number, second: number): boolean => neighbours().isSoftPair(first, second);
  const lineBreaks = (from: number, to: number): Hit[] => {
    const hits: Hit[] = [];
    const searched = text.subarray(0, to);
    for (let at = searched.indexOf(LF, from); at >= 0; at = searched.indexOf(LF, at + 1))
      if (splitsEncodedText(bytes, at)) hits.push(packLineBreak(at));
    return hits;
  };

  return {
    name: 'typescript',
    bytes,
    find(from, to) {
      const hits: Hit[] = [];
      const last = to - 1;
      let at = from + window - 2;
      while (at < last) {
        const pair = bytes[at]! | (bytes[at + 1]! << 8);
        const jump = jumps[pair]!;
        if (jump > 0) {
          at += jump;
          continue;
        }
        const position = at - (window - 2);
        at++;
        if (begins[bytes[position]! | (bytes[position + 1]! << 8)] === 0) continue;
        for (let next = firsts[pair]!; next > 0; next = nexts[next]!) {
          const needle = texts[next - 1]!;
          if (!occursAt(needle, position, to)) continue;
          if (!isRuledOut(guards?.[next - 1], position, position + needle.length, { bytes, from, to, isPair }))
            hits.push(packHit(position, next - 1));
        }
      }
      return hits;
    },
    lineBreaks,
    splittingBreaks(from, to) {
      return lineBreaks(from, to).filter((hit) => neighbours().mayBeSplit(bytes, positionOf(hit), to));
    },
    runs,
    findRuns: (from, to, filled) => findRuns(bytes, from, to, filled, runs),
    countLines: (from, to) => countLines(bytes, from, to),
    utf16Units(from, to) {
      let units = 0;
      for (let at = from; at < to; at++) {
        const byte = bytes[at]!;
        if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
      }
      return units;
    },
    asciiLength(from, to) {
      let at = from;
      while (at < to && bytes[at]! < 0x80) at++;
      return at - from;
    },
  };
}

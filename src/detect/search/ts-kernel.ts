/**
 * The kernel in plain TypeScript: Wu and Manber's multi-literal search ("A fast algorithm for multi-pattern
 * searching", 1994) with blocks of two bytes. It is the reference for faster kernels, and their fallback.
 *
 * A window as long as the shortest needle slides over the bytes. A needle's head is its first bytes, as many as the
 * window has. The window's last two bytes decide how far it may jump: to the next place where that pair could end a
 * head. Most pairs of ordinary text occur in no head, so most jumps are as long as the window less one.
 */

import { countLines } from '../../lib/text-position.ts';
import { type Hit, packHit } from './hit.ts';
import type { Kernel } from './kernel.ts';
import { splitsEncodedText } from './line-breaks.ts';
import { LF } from '../../lib/bytes.ts';

/** Makes the plain kernel. Every needle has at least 2 bytes. */
export function createTsKernel(texts: readonly string[], capacity: number): Kernel {
  const bytes = new Uint8Array(capacity);
  const text = Buffer.from(bytes.buffer);
  const needles = texts.map((needle) => Buffer.from(needle, 'latin1'));
  const window = Math.min(...needles.map((needle) => needle.length));
  if (!(window >= 2)) throw new RangeError('a kernel needs needles of at least two bytes');

  const jumps = new Uint8Array(0x10000).fill(window - 1);
  /** For the pair that ends a head: the needles with that head, by ascending index. */
  const byPair = new Map<number, number[]>();
  needles.forEach((needle, id) => {
    for (let at = 0; at + 1 < window; at++) {
      const pair = needle[at]! | (needle[at + 1]! << 8);
      jumps[pair] = Math.min(jumps[pair]!, window - 2 - at);
      if (at === window - 2) byPair.set(pair, [...(byPair.get(pair) ?? []), id]);
    }
  });

  const occursAt = (needle: Uint8Array, position: number, to: number): boolean => {
    if (position + needle.length > to) return false;
    for (let at = 0; at < needle.length; at++) if (bytes[position + at] !== needle[at]) return false;
    return true;
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
        for (const id of byPair.get(pair)!) if (occursAt(needles[id]!, position, to)) hits.push(packHit(position, id));
        at++;
      }
      return hits;
    },
    lineBreaks(from, to) {
      const positions: number[] = [];
      const searched = text.subarray(0, to);
      for (let at = searched.indexOf(LF, from); at >= 0; at = searched.indexOf(LF, at + 1))
        if (splitsEncodedText(bytes, at)) positions.push(at);
      return positions;
    },
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

/** What may appear where two copy ranges meet: the tables by which `assembly/changed-regions.ts` chooses the boundaries to search. */

import { TRIGRAM_FACTOR } from './assembly/memory.ts';
import type { ChunkBoundaries } from './prefilter-text.ts';

/** @param texts all that is searched, one character a byte (latin1), at least three each */
export function chunkBoundaries(texts: readonly string[], margin: number, separator: number): ChunkBoundaries {
  const pairs = new Uint8Array(0x10000 / 8);
  const trigrams = new Uint8Array(0x10000 / 8);
  const set = (bits: Uint8Array, at: number): void => {
    bits[at >> 3]! |= 1 << (at & 7);
  };
  for (const text of texts) {
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 1; at < bytes.length; at++) set(pairs, bytes.readUInt16BE(at - 1));
    // As the assembly hashes them.
    for (let at = 2; at < bytes.length; at++)
      set(trigrams, Math.imul(bytes.readUIntLE(at - 2, 3) << 8, TRIGRAM_FACTOR) >>> 16);
  }
  return { margin, separator, pairs, trigrams };
}

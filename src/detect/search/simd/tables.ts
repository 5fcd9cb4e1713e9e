/** Writes the tables that the SIMD kernel reads: marks by hash, the bitmap, the heads of the chains, their entries. */

import {
  BITMAP,
  ENTRIES,
  ENTRY_BYTES,
  ENTRY_LENGTH,
  ENTRY_MASK,
  ENTRY_NEEDLE,
  ENTRY_NEXT,
  ENTRY_OFFSET,
  ENTRY_SHIFT,
  ENTRY_TEXT,
  FACTORS,
  HASH_FACTOR,
  HEAD_SHIFT,
  HEADS_AFTER,
  HEADS_BEFORE,
  TABLE,
} from './assembly/memory.ts';
import { type Plan, slotOf, trigramAt } from './plan.ts';

/** Bytes of a needle that are compared at once; an entry holds them. */
const COMPARED = 8;
/** An entry has a number of 16 bits, and a needle has two entries. */
export const NEEDLES_MAX = 0x7fff;

/** The address behind everything that {@link writeTables} writes. */
export function tablesEnd(needles: readonly Uint8Array[]): number {
  return textsAt(needles.length) + needles.reduce((sum, { length }) => sum + length, 0);
}

/** Behind the entries, all needles follow one another. */
function textsAt(needles: number): number {
  return ENTRIES + ((2 * needles + 1) << ENTRY_SHIFT);
}

/** @param memory zeros */
export function writeTables(memory: Uint8Array, needles: readonly Buffer[], { factors, offsets }: Plan): void {
  const view = new DataView(memory.buffer);
  factors.forEach((factor, index) => view.setUint16(FACTORS + 2 * index, factor, true));
  let text = textsAt(needles.length);
  let entries = 0;
  needles.forEach((needle, id) => {
    memory.set(needle, text);
    for (const offset of offsets[id]!) {
      entries++;
      const entry = ENTRIES + (entries << ENTRY_SHIFT);
      const compared = Math.min(COMPARED, needle.length);
      memory.set(needle.subarray(0, compared), entry + ENTRY_BYTES);
      memory.fill(0xff, entry + ENTRY_MASK, entry + ENTRY_MASK + compared);
      view.setUint32(entry + ENTRY_OFFSET, offset, true);
      view.setUint16(entry + ENTRY_NEEDLE, id, true);
      view.setUint32(entry + ENTRY_LENGTH, needle.length, true);
      view.setUint32(entry + ENTRY_TEXT, text, true);

      memory[TABLE + slotOf(trigramAt(needle, offset), factors)] = 1;
      const hasAfter = offset + 4 <= needle.length;
      const hash = Math.imul(needle.readInt32LE(hasAfter ? offset : offset - 1), HASH_FACTOR) >>> 16;
      memory[BITMAP + (hash >> 3)]! |= 1 << (hash & 7);
      const head = (hasAfter ? HEADS_AFTER : HEADS_BEFORE) + 2 * (hash >> HEAD_SHIFT);
      view.setUint16(entry + ENTRY_NEXT, view.getUint16(head, true), true);
      view.setUint16(head, entries, true);
    }
    text += needle.length;
  });
}

/** The most needles that can occur at one position: each of them begins with the others. */
export function nesting(needles: readonly string[]): number {
  // In sorted order, the needles that a needle begins with are before it, each beginning with the one before.
  const open: string[] = [];
  let most = 0;
  for (const needle of needles.toSorted((a, b) => (a < b ? -1 : 1))) {
    while (open.length > 0 && !needle.startsWith(open.at(-1)!)) open.pop();
    open.push(needle);
    most = Math.max(most, open.length);
  }
  return most;
}

/** Writes the tables that the SIMD kernel reads: those of its first pass, the heads of the hash chains, and their entries. */

import {
  BLOCKS,
  ENTRIES,
  ENTRY_BYTES,
  ENTRY_LENGTH,
  ENTRY_MASK,
  ENTRY_NEEDLE,
  ENTRY_NEXT,
  ENTRY_OFFSET,
  ENTRY_SHIFT,
  HASH_FACTOR,
  HASH_SHIFT,
  HEADS,
  TABLES,
} from './assembly/memory.ts';
import { masksOf, type Slot, windowMasks } from './plan.ts';

/** Bytes of a needle that the kernel compares. */
export const COMPARED = 8;
/** Each needle has two entries, and the entries end before `BLOCKS`. */
export const LITERALS_MAX = (((BLOCKS - ENTRIES) >> ENTRY_SHIFT) - 1) >> 1;

/** Writes everything that depends on the literals. */
export function writeTables(
  memory: Uint8Array,
  literals: readonly Uint8Array[],
  slots: readonly (readonly Slot[])[],
): void {
  const view = new DataView(memory.buffer);
  let entries = 0;
  const chainLength = new Map<number, number>();
  literals.forEach((literal, id) => {
    for (const { offset, bucket } of slots[id]!) {
      masksOf(windowMasks(literal, offset), (table, nibble) => {
        memory[TABLES + 96 * (bucket >> 3) + 16 * table + nibble]! |= 1 << (bucket & 7);
      });
      entries++;
      const entry = ENTRIES + (entries << ENTRY_SHIFT);
      for (let at = 0; at < Math.min(COMPARED, literal.length); at++) {
        memory[entry + ENTRY_BYTES + at] = literal[at]!;
        memory[entry + ENTRY_MASK + at] = 0xff;
      }
      const head = shortestChain(literal, offset, chainLength);
      chainLength.set(head, (chainLength.get(head) ?? 0) + 1);
      view.setInt32(entry + ENTRY_OFFSET, offset, true);
      view.setUint16(entry + ENTRY_NEXT, view.getUint16(HEADS + 2 * head, true), true);
      view.setUint16(entry + ENTRY_NEEDLE, id, true);
      view.setUint32(entry + ENTRY_LENGTH, literal.length, true);
      view.setUint16(HEADS + 2 * head, entries, true);
    }
  });
}

/** The kernel hashes bytes 0 to 2 and 1 to 3 of a window; an entry needs one of the two, and whole. */
function shortestChain(literal: Uint8Array, offset: number, lengths: ReadonlyMap<number, number>): number {
  const heads = [offset, offset + 1].filter((at) => at >= 0 && at + 3 <= literal.length).map((at) => hash(literal, at));
  const lengthOf = (head: number): number => lengths.get(head) ?? 0;
  return heads.reduce((best, head) => (lengthOf(head) < lengthOf(best) ? head : best));
}

function hash(bytes: Uint8Array, at: number): number {
  const piece = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  return Math.imul(piece, HASH_FACTOR) >>> HASH_SHIFT;
}

/** The most literals that can occur at one position: each of them begins with the others. */
export function nesting(literals: readonly string[]): number {
  return Math.max(...literals.map((literal) => literals.filter((other) => literal.startsWith(other)).length));
}

/**
 * What the kernel finds in its memory: the tables of its first pass, hash chains, and entries; `assembly/kernel.ts`
 * has the same numbers.
 */

import { masksOf, type Slot, windowMasks } from './plan.ts';

const TABLES = 1024;
const HEADS = 2048;
const ENTRIES = 10_240;
const ENTRY_LENGTH = 32;
/** The list of windows follows the entries, after the list of blocks. */
const ENTRIES_MAX = Math.floor((65_536 - ENTRIES) / ENTRY_LENGTH) - 1;
export const HITS = 201_216;
/** Windows of one call; the lists of suspects have room for it. */
export const BLOCK = 32 * 1024;
/** A literal stands in two entries. */
export const LITERALS_MAX = ENTRIES_MAX >> 1;

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
      const entry = ENTRIES + ENTRY_LENGTH * entries;
      for (let at = 0; at < Math.min(8, literal.length); at++) {
        memory[entry + at] = literal[at]!;
        memory[entry + 8 + at] = 0xff;
      }
      const head = shortestChain(literal, offset, chainLength);
      chainLength.set(head, (chainLength.get(head) ?? 0) + 1);
      view.setInt32(entry + 16, offset, true);
      view.setUint16(entry + 20, view.getUint16(HEADS + 2 * head, true), true);
      view.setUint16(entry + 22, id, true);
      view.setUint32(entry + 24, literal.length, true);
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
  return Math.imul(piece, 0x9e3779b1) >>> 20;
}

/** How many literals can stand at one position: of those that begin with one another. */
export function nesting(literals: readonly string[]): number {
  return Math.max(...literals.map((literal) => literals.filter((other) => literal.startsWith(other)).length));
}

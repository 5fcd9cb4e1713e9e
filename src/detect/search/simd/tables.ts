/** What the SIMD kernel makes its tables of: a record for each needle, and the texts of all needles one after the other. */

import { ENTRIES, ENTRY_SHIFT, NEEDLE_EVEN, NEEDLE_GUARD, NEEDLE_ODD, NEEDLE_SHIFT } from './assembly/memory.ts';
import { UNKNOWN_NEEDLE } from '../guards.ts';
import type { Offsets } from './plan.ts';

/** An entry has a number of 16 bits, and a needle has two entries. */
export const NEEDLES_MAX = 0x7fff;

/** Where the texts of the needles begin: behind the entries. */
export function textsAt(needles: number): number {
  return ENTRIES + ((2 * needles + 1) << ENTRY_SHIFT);
}

/**
 * @param guards of each needle
 * @param offsets where the windows of each needle begin in it
 */
export function recordsOf(
  needles: readonly string[],
  guards: ArrayLike<number> | undefined,
  offsets: readonly Offsets[],
): Buffer {
  const records = Buffer.alloc(needles.length << NEEDLE_SHIFT);
  needles.forEach((needle, id) => {
    const [even, odd] = offsets[id]!;
    const record = id << NEEDLE_SHIFT;
    records.writeUInt16LE(needle.length, record);
    records[record + NEEDLE_EVEN] = even;
    records[record + NEEDLE_ODD] = odd;
  });
  return withGuards(records, guards);
}

/** Reads the length of one needle. */
export function lengthIn(records: Buffer, id: number): number {
  return records.readUInt16LE(id << NEEDLE_SHIFT);
}

/** Replaces the guards. */
export function withGuards(records: Buffer, guards: ArrayLike<number> = []): Buffer {
  for (let record = 0, id = 0; record < records.length; record += 1 << NEEDLE_SHIFT, id++)
    records[record + NEEDLE_GUARD] = guards[id] ?? UNKNOWN_NEEDLE;
  return records;
}

/** Reads the offsets of one needle. */
export function offsetsIn(records: Uint8Array, id: number): Offsets {
  const record = id << NEEDLE_SHIFT;
  return [records[record + NEEDLE_EVEN]!, records[record + NEEDLE_ODD]!];
}

/** The most needles that can occur at one position: each of them begins with the others. */
export function nestingOf(needles: readonly string[]): number {
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

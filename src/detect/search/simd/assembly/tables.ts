/** Writes the tables that the search reads. In TypeScript, code that runs once is slow: that took longer than a commit hook may. */

import {
  BITMAP,
  ENTRIES,
  ENTRY_BYTES,
  ENTRY_GUARD,
  ENTRY_LENGTH,
  ENTRY_MASK,
  ENTRY_NEEDLE,
  ENTRY_NEXT,
  ENTRY_OFFSET,
  ENTRY_SHIFT,
  ENTRY_TEXT,
  FACTORS,
  HASH_FACTOR,
  HAS_NEIGHBOURS,
  HEAD_SHIFT,
  HEADS_AFTER,
  HEADS_BEFORE,
  NEEDLE_EVEN,
  NEEDLE_GUARD,
  NEEDLE_ODD,
  NEEDLE_SHIFT,
  NEIGHBOURS,
  TABLE,
} from './memory';
import { addNeighbours } from './splits';

/**
 * Marks by hash, the bitmap, the heads of the chains, their entries; all of these are zeros before. The factors are written already.
 *
 * @param needles the address of their records
 * @param texts the address of their bytes, all needles one after the other
 */
export function writeTables(count: u32, needles: usize, texts: usize): void {
  let text = texts;
  for (let id: u32 = 0; id < count; id++) {
    const needle = needles + ((<usize>id) << NEEDLE_SHIFT);
    const length = <usize>load<u16>(needle);
    const guard = load<u8>(needle, NEEDLE_GUARD);
    addEntry(2 * id + 1, id, text, length, <usize>load<u8>(needle, NEEDLE_EVEN), guard);
    addEntry(2 * id + 2, id, text, length, <usize>load<u8>(needle, NEEDLE_ODD), guard);
    text += length;
  }
}

/** What is adjacent in the needles: only where line breaks and escapes are examined. */
export function writeNeighbours(count: u32): void {
  for (let id: u32 = 0; id < count; id++) {
    const entry = ENTRIES + ((<usize>(2 * id + 1)) << ENTRY_SHIFT);
    const splits = <u32>load<u8>(entry, ENTRY_GUARD);
    addNeighbours(<usize>load<u32>(entry, ENTRY_TEXT), <usize>load<u16>(entry, ENTRY_LENGTH), splits, NEIGHBOURS);
  }
  store<u32>(HAS_NEIGHBOURS, 1);
}

function addEntry(number: u32, needle: u32, text: usize, length: usize, offset: usize, guard: u8): void {
  const window = text + offset;
  const slot = (<u32>load<u16>(window) * <u32>load<u16>(FACTORS)) ^ (<u32>load<u16>(window, 1) * <u32>load<u16>(FACTORS, 2));
  store<u8>(TABLE + <usize>(slot & 0xffff), 1);
  const hasAfter = offset + 4 <= length;
  const hash = (load<u32>(hasAfter ? window : window - 1) * HASH_FACTOR) >>> 16;
  const bits = BITMAP + <usize>(hash >> 3);
  store<u8>(bits, <u8>(<u32>load<u8>(bits) | (1 << (hash & 7))));
  const head = (hasAfter ? HEADS_AFTER : HEADS_BEFORE) + ((<usize>(hash >> HEAD_SHIFT)) << 1);

  const entry = ENTRIES + ((<usize>number) << ENTRY_SHIFT);
  const mask: u64 = length >= 8 ? <u64>-1 : (<u64>1 << (<u64>length << 3)) - 1;
  store<u64>(entry, load<u64>(text) & mask, ENTRY_BYTES);
  store<u64>(entry, mask, ENTRY_MASK);
  store<u32>(entry, <u32>offset, ENTRY_OFFSET);
  store<u16>(entry, <u16>needle, ENTRY_NEEDLE);
  store<u16>(entry, <u16>length, ENTRY_LENGTH);
  store<u8>(entry, guard, ENTRY_GUARD);
  store<u32>(entry, <u32>text, ENTRY_TEXT);
  store<u16>(entry, load<u16>(head), ENTRY_NEXT);
  store<u16>(head, <u16>number);
}

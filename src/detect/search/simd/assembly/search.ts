/**
 * Finds the needles at the pace of the first-level cache, whatever the text is, and with hardly any regard to how many
 * needles there are.
 *
 * Only windows of three bytes at even addresses are examined. A needle of four bytes or more has a window at an even and
 * one at an odd offset (`plan.ts` chooses them), so each of its occurrences has exactly one at an even address. Three
 * passes over one block:
 *
 * 1. SIMD makes a hash of each window, and a table of bytes says whether a window of a needle has that hash. No branch
 *    depends on the text, so no text is slow: a mispredicted branch costs as much as 60 bytes. What limits this pass are
 *    the two loads for each window.
 * 2. A few windows in a kilobyte are left. Of those, another hash and a bitmap reject most: a hash of four bytes, because
 *    a needle has one byte before or after its window.
 * 3. For each survivor, the entries of its chain are compared, eight bytes at once.
 *
 * The passes take turns block by block, so that their lists stay in the cache.
 */

import {
  BITMAP,
  BLOCKS,
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
  HASHES,
  HEAD_SHIFT,
  HEADS_AFTER,
  HEADS_BEFORE,
  HITS_ADDRESS,
  TABLE,
  TURN,
  WINDOWS,
} from './memory';
import { GUARD_MASK } from './guard-kinds';
import { isRuledOut } from './guards';
import { insertHit, packHit } from './hits';

/**
 * Finds the needles that lie whole in `[from, to)` and have their window in `[start, end)`.
 *
 * @param start even
 * @param end a block away, or `to`
 * @returns the number of hits at `HITS_ADDRESS`, ascending
 */
export function search(start: usize, end: usize, from: usize, to: usize): i32 {
  return confirm(survivors(suspects(start, end)), from, to);
}

/** Pass 1. Returns the end of the list at `BLOCKS`. A block is a number of whole turns; the last turn may go beyond `to`. */
function suspects(start: usize, end: usize): usize {
  const first = v128.load16_splat(FACTORS);
  const second = v128.load16_splat(FACTORS, 2);
  let list = BLOCKS;
  for (let turn = start; turn < end; turn += TURN) {
    let hashes = HASHES;
    for (let at = turn; at < turn + TURN; at += 32, hashes += 32) {
      v128.store(hashes, hashesAt(at, first, second));
      v128.store(hashes, hashesAt(at + 16, first, second), 16);
    }
    hashes = HASHES;
    for (let at = turn; at < turn + TURN; at += 64, hashes += 64) {
      // Four sums of eight bits, so that none waits for another; doubling and adding is one instruction.
      let a = mark(hashes, 14);
      let b = mark(hashes, 30);
      let c = mark(hashes, 46);
      let d = mark(hashes, 62);
      a = (a << 1) + mark(hashes, 12);
      b = (b << 1) + mark(hashes, 28);
      c = (c << 1) + mark(hashes, 44);
      d = (d << 1) + mark(hashes, 60);
      a = (a << 1) + mark(hashes, 10);
      b = (b << 1) + mark(hashes, 26);
      c = (c << 1) + mark(hashes, 42);
      d = (d << 1) + mark(hashes, 58);
      a = (a << 1) + mark(hashes, 8);
      b = (b << 1) + mark(hashes, 24);
      c = (c << 1) + mark(hashes, 40);
      d = (d << 1) + mark(hashes, 56);
      a = (a << 1) + mark(hashes, 6);
      b = (b << 1) + mark(hashes, 22);
      c = (c << 1) + mark(hashes, 38);
      d = (d << 1) + mark(hashes, 54);
      a = (a << 1) + mark(hashes, 4);
      b = (b << 1) + mark(hashes, 20);
      c = (c << 1) + mark(hashes, 36);
      d = (d << 1) + mark(hashes, 52);
      a = (a << 1) + mark(hashes, 2);
      b = (b << 1) + mark(hashes, 18);
      c = (c << 1) + mark(hashes, 34);
      d = (d << 1) + mark(hashes, 50);
      a = (a << 1) + mark(hashes, 0);
      b = (b << 1) + mark(hashes, 16);
      c = (c << 1) + mark(hashes, 32);
      d = (d << 1) + mark(hashes, 48);
      const bits = a | (b << 8) | (c << 16) | (d << 24);
      store<u32>(list, <u32>at);
      store<u32>(list, bits, 4);
      list += (<usize>(bits != 0)) << 3;
    }
  }
  return list;
}

/** The hashes of eight windows: bytes 0 and 1 times one factor, XOR bytes 1 and 2 times another. */
// @ts-ignore: decorator
@inline
function hashesAt(at: usize, first: v128, second: v128): v128 {
  return v128.xor(i16x8.mul(v128.load(at), first), i16x8.mul(v128.load(at, 1), second));
}

/** 1 if a window of a needle has the hash at this address. */
// @ts-ignore: decorator
@inline
function mark(hashes: usize, offset: usize): u32 {
  return load<u8>(TABLE + <usize>load<u16>(hashes + offset));
}

/** Pass 2. Returns the end of the list at `WINDOWS`. */
function survivors(blocksEnd: usize): usize {
  // All windows are listed first, three of a stretch without a branch: how many it has cannot be predicted.
  let all = WINDOWS;
  for (let block = BLOCKS; block < blocksEnd; block += 8) {
    const base = load<u32>(block);
    let bits = load<u32>(block, 4);
    const end = all + ((<usize>popcnt(bits)) << 2);
    store<u32>(all, base + (ctz(bits) << 1));
    bits &= bits - 1;
    store<u32>(all, base + (ctz(bits) << 1), 4);
    bits &= bits - 1;
    store<u32>(all, base + (ctz(bits) << 1), 8);
    bits &= bits - 1;
    for (all += 12; bits != 0; all += 4, bits &= bits - 1) store<u32>(all, base + (ctz(bits) << 1));
    all = end;
  }
  let list = WINDOWS;
  for (let item = WINDOWS; item < all; item += 4) {
    const window = load<u32>(item);
    store<u32>(list, window);
    list += (<usize>((bitOf(hashAt(window)) | bitOf(hashAt(window - 1))) & 1)) << 2;
  }
  return list;
}

/** 16 bits of four bytes. */
// @ts-ignore: decorator
@inline
function hashAt(at: usize): u32 {
  return (load<u32>(at) * HASH_FACTOR) >>> 16;
}

/** Bit 0 of the result is the hash's bit of the bitmap. */
// @ts-ignore: decorator
@inline
function bitOf(hash: u32): u32 {
  return load<u32>(BITMAP + ((<usize>hash >> 5) << 2)) >> hash;
}

/** Pass 3. Returns the number of hits. */
function confirm(windowsEnd: usize, from: usize, to: usize): i32 {
  const hits = <usize>load<u32>(HITS_ADDRESS);
  let end = hits;
  for (let item = WINDOWS; item < windowsEnd; item += 4) {
    const window = <usize>load<u32>(item);
    end = walk(headOf(HEADS_AFTER, hashAt(window)), window, from, to, hits, end);
    end = walk(headOf(HEADS_BEFORE, hashAt(window - 1)), window, from, to, hits, end);
  }
  return <i32>((end - hits) >> 3);
}

// @ts-ignore: decorator
@inline
function headOf(heads: usize, hash: u32): u16 {
  return load<u16>(heads + ((<usize>(hash >> HEAD_SHIFT)) << 1));
}

/** Compares every entry of a chain; 0 ends it. Few needles have a guard, and only an occurrence asks it. */
// @ts-ignore: decorator
@inline
function walk(head: u16, window: usize, from: usize, to: usize, hits: usize, hitsEnd: usize): usize {
  let end = hitsEnd;
  let next = head;
  while (next != 0) {
    const entry = ENTRIES + ((<usize>next) << ENTRY_SHIFT);
    const at = window - <usize>load<u32>(entry, ENTRY_OFFSET);
    const length = <usize>load<u16>(entry, ENTRY_LENGTH);
    if (
      at >= from &&
      at + length <= to &&
      (load<u64>(at) & load<u64>(entry, ENTRY_MASK)) == load<u64>(entry, ENTRY_BYTES) &&
      (length <= 8 || isRest(at, <usize>load<u32>(entry, ENTRY_TEXT), length))
    ) {
      const guard = <u32>load<u8>(entry, ENTRY_GUARD) & GUARD_MASK;
      if (guard == 0 || !isRuledOut(guard, at, length, from, to))
        end = insertHit(hits, end, packHit(at, load<u16>(entry, ENTRY_NEEDLE)));
    }
    next = load<u16>(entry, ENTRY_NEXT);
  }
  return end;
}

/** Whether a needle of more than eight bytes matches beyond those. */
function isRest(at: usize, text: usize, length: usize): bool {
  let done: usize = 8;
  for (; done + 8 < length; done += 8) if (load<u64>(at + done) != load<u64>(text + done)) return false;
  const last = length - 8;
  return load<u64>(at + last) == load<u64>(text + last);
}

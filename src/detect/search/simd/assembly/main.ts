/**
 * The SIMD kernel (AssemblyScript). It finds the literals of a rule set at the pace of memory.
 *
 * Only windows of four bytes at even addresses are tested. Every literal has two entries, with a window at an even and at
 * an odd offset (`plan.ts`), so each of its occurrences has one window at an even address. That halves the work. There
 * are three passes over one block:
 *
 * 1. 64 bytes a turn: split into even and odd bytes, look their nibbles up in tables of 16 entries whose bits are
 *    buckets of literals, and AND the four bytes of each window. What is not zero may be a literal. Nothing branches:
 *    a mispredicted branch costs as much as 200 bytes.
 * 2. Each window that is left: two of its three-byte pieces are hashed, which most windows do not survive.
 * 3. Each survivor: the entries of its chain are compared, eight bytes at once.
 *
 * The host compares the bytes beyond the eighth of a literal, sorts the hits, and drops doubles.
 */

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
  HITS,
  TABLES,
  WINDOWS,
} from './memory';

const LOW: v128 = i16x8.splat(0x000f);
const NIBBLE: v128 = i8x16.splat(0x0f);
const NONE: v128 = i8x16.splat(0);

/** Looks 16 nibbles up in a table. All are below 16, so both instructions give the same. */
// @ts-ignore: decorator
@inline
function lookup(table: v128, nibbles: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(table, nibbles);
  return i8x16.swizzle(table, nibbles);
}

/** 12 bits of a three-byte piece. */
// @ts-ignore: decorator
@inline
function hash(piece: u32): usize {
  return <usize>((piece * HASH_FACTOR) >>> HASH_SHIFT);
}

/**
 * Finds the literals that lie whole in `[from, to)` and have their window in `[start, end)`.
 *
 * @param start even; `end - start` is at most the length of a block
 * @returns the number of hits written to `HITS`: address and literal, two u32 each
 */
export function search(start: usize, end: usize, from: usize, to: usize): i32 {
  return confirm(survivors(suspects(start, end), end), from, to);
}

/** Pass 1. Gives the end of the list at `BLOCKS`: an address, and a bit for each window of the 64 bytes before it. */
function suspects(start: usize, end: usize): usize {
  // Sixteen buckets: the first eight have a bit each in the tables a, the others in the tables b.
  const a0 = v128.load(TABLES, 0);
  const a1 = v128.load(TABLES, 16);
  const a2 = v128.load(TABLES, 32);
  const a3 = v128.load(TABLES, 48);
  const a4 = v128.load(TABLES, 64);
  const a5 = v128.load(TABLES, 80);
  const b0 = v128.load(TABLES, 96);
  const b1 = v128.load(TABLES, 112);
  const b2 = v128.load(TABLES, 128);
  const b3 = v128.load(TABLES, 144);
  const b4 = v128.load(TABLES, 160);
  const b5 = v128.load(TABLES, 176);
  let list = BLOCKS;
  // The first two bytes of the windows of the turn before.
  let beforeA = NONE;
  let beforeB = NONE;
  // One turn more than there are bytes: the last window's second half is seen in the turn after.
  for (let at = start; at < end + 2; at += 64) {
    const x0 = v128.load(at, 0);
    const y0 = v128.load(at, 16);
    const x1 = v128.load(at, 32);
    const y1 = v128.load(at, 48);

    const even0 = i8x16.narrow_i16x8_u(v128.and(x0, LOW), v128.and(y0, LOW));
    const odd0 = i8x16.narrow_i16x8_u(i16x8.shr_u(x0, 8), i16x8.shr_u(y0, 8));
    const low0 = v128.and(odd0, NIBBLE);
    const high0 = v128.and(i16x8.shr_u(odd0, 4), NIBBLE);
    const even1 = i8x16.narrow_i16x8_u(v128.and(x1, LOW), v128.and(y1, LOW));
    const odd1 = i8x16.narrow_i16x8_u(i16x8.shr_u(x1, 8), i16x8.shr_u(y1, 8));
    const low1 = v128.and(odd1, NIBBLE);
    const high1 = v128.and(i16x8.shr_u(odd1, 4), NIBBLE);

    const firstA0 = half(a0, a1, a4, even0, low0, high0);
    const firstA1 = half(a0, a1, a4, even1, low1, high1);
    const firstB0 = half(b0, b1, b4, even0, low0, high0);
    const firstB1 = half(b0, b1, b4, even1, low1, high1);
    const both0 = v128.or(
      v128.and(half(a2, a3, a5, even0, low0, high0), oneLaneOn(beforeA, firstA0)),
      v128.and(half(b2, b3, b5, even0, low0, high0), oneLaneOn(beforeB, firstB0)),
    );
    const both1 = v128.or(
      v128.and(half(a2, a3, a5, even1, low1, high1), oneLaneOn(firstA0, firstA1)),
      v128.and(half(b2, b3, b5, even1, low1, high1), oneLaneOn(firstB0, firstB1)),
    );
    beforeA = firstA1;
    beforeB = firstB1;

    const bits = i8x16.bitmask(i8x16.ne(both0, NONE)) | (i8x16.bitmask(i8x16.ne(both1, NONE)) << 16);
    store<u32>(list, <u32>at);
    store<u32>(list, bits, 4);
    list += (<usize>(bits != 0)) << 3;
  }
  return list;
}

/** The buckets that fit two neighbouring bytes: half a window. */
// @ts-ignore: decorator
@inline
function half(evens: v128, lows: v128, highs: v128, even: v128, low: v128, high: v128): v128 {
  return v128.and(v128.and(lookup(evens, even), lookup(lows, low)), lookup(highs, high));
}

/** A lane is two bytes: shifted by one lane, the first half of a window is in the lane of its second half. */
// @ts-ignore: decorator
@inline
function oneLaneOn(before: v128, now: v128): v128 {
  return i8x16.shuffle(before, now, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

/** Pass 2. Gives the end of the list at `WINDOWS`: an address, and the heads of two chains. */
function survivors(blocksEnd: usize, end: usize): usize {
  let list = WINDOWS;
  for (let block = BLOCKS; block < blocksEnd; block += 8) {
    const base = <usize>load<u32>(block) - 2;
    let bits = load<u32>(block, 4);
    while (bits != 0) {
      const window = base + ((<usize>ctz(bits)) << 1);
      bits &= bits - 1;
      const bytes = load<u32>(window);
      const first = load<u16>(HEADS + (hash(bytes & 0xffffff) << 1));
      const second = load<u16>(HEADS + (hash(bytes >>> 8) << 1));
      store<u32>(list, <u32>window);
      store<u16>(list, first, 4);
      store<u16>(list, second, 6);
      list += (<usize>((first | second) != 0 && window < end)) << 3;
    }
  }
  return list;
}

/** Pass 3. Gives the number of hits. */
function confirm(windowsEnd: usize, from: usize, to: usize): i32 {
  let hit = HITS;
  for (let item = WINDOWS; item < windowsEnd; item += 8) {
    const window = <usize>load<u32>(item);
    hit = walk(load<u16>(item, 4), window, from, to, hit);
    hit = walk(load<u16>(item, 6), window, from, to, hit);
  }
  return <i32>((hit - HITS) >> 3);
}

/** Compares every entry of a chain; 0 ends it. */
// @ts-ignore: decorator
@inline
function walk(head: u16, window: usize, from: usize, to: usize, hit: usize): usize {
  let next = head;
  while (next != 0) {
    const entry = ENTRIES + ((<usize>next) << ENTRY_SHIFT);
    const at = window - <usize>load<i32>(entry, ENTRY_OFFSET);
    if (
      at >= from &&
      at + <usize>load<u32>(entry, ENTRY_LENGTH) <= to &&
      (load<u64>(at) & load<u64>(entry, ENTRY_MASK)) == load<u64>(entry, ENTRY_BYTES)
    ) {
      store<u32>(hit, <u32>at);
      store<u32>(hit, load<u16>(entry, ENTRY_NEEDLE), 4);
      hit += 8;
    }
    next = load<u16>(entry, ENTRY_NEXT);
  }
  return hit;
}

/** The number of line feeds in `[start, end)`. */
export function countLines(start: usize, end: usize): u32 {
  const feed = i8x16.splat(0x0a);
  let lines: u32 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), feed)));
  for (; at < end; at++) lines += <u32>(load<u8>(at) == 0x0a);
  return lines;
}

/** The UTF-16 units of valid UTF-8: bytes that begin a character, and those that begin one of two units. */
export function utf16Units(start: usize, end: usize): u32 {
  const least = i8x16.splat(-64);
  const astral = i8x16.splat(<i8>0xf0);
  let units: u32 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    units += popcnt(i8x16.bitmask(i8x16.ge_s(bytes, least)));
    units += popcnt(i8x16.bitmask(i8x16.ge_u(bytes, astral)));
  }
  for (; at < end; at++) {
    const byte = load<u8>(at);
    units += <u32>((byte & 0xc0) != 0x80) + <u32>(byte >= 0xf0);
  }
  return units;
}

/** The number of bytes below 128 with which `[start, end)` begins. */
export function asciiLength(start: usize, end: usize): u32 {
  let at = start;
  while (at + 16 <= end && !i8x16.bitmask(v128.load(at))) at += 16;
  while (at < end && load<u8>(at) < 0x80) at++;
  return <u32>(at - start);
}

const LINE_FEED: v128 = i8x16.splat(10);
const CASE: v128 = i8x16.splat(0x20);

/**
 * Finds line feeds that may split encoded text: 32 base64 characters precede them, or an equals sign, with or without a
 * carriage return between.
 *
 * @returns the number of addresses written to `HITS`, a u32 each
 */
export function breaks(start: usize, end: usize): i32 {
  let hit = HITS;
  for (let at = start; at < end; at += 16) {
    let bits = i8x16.bitmask(i8x16.eq(v128.load(at), LINE_FEED));
    if (end - at < 16) bits &= (1 << <i32>(end - at)) - 1;
    while (bits != 0) {
      const feed = at + <usize>ctz(bits);
      bits &= bits - 1;
      const last = feed - <usize>(load<u8>(feed - 1) == 13);
      if (load<u8>(last - 1) == 0x3d || (isBase64(last - 16) && isBase64(last - 32))) {
        store<u32>(hit, <u32>feed);
        hit += 4;
      }
    }
  }
  return <i32>((hit - HITS) >> 2);
}

/** Whether 16 bytes are of the standard or of the URL-safe alphabet. */
function isBase64(at: usize): bool {
  const bytes = v128.load(at);
  const letter = i8x16.lt_u(i8x16.sub(v128.or(bytes, CASE), i8x16.splat(0x61)), i8x16.splat(26));
  // 0x2f is the slash, before the digits.
  const digit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x2f)), i8x16.splat(11));
  const other = v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x2b)), i8x16.eq(bytes, i8x16.splat(0x2d))),
    i8x16.eq(bytes, i8x16.splat(0x5f)),
  );
  return i8x16.all_true(v128.or(v128.or(letter, digit), other));
}

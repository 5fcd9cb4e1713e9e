/**
 * The SIMD kernel (AssemblyScript). It finds the literals of a rule set at the pace of memory.
 *
 * Only windows of four bytes at even addresses are looked at: every literal has been entered twice, with a window at an
 * even and at an odd offset (`plan.ts`), so each of its occurrences has one window at an even address. That halves the
 * work. Three passes over one block:
 *
 * 1. 64 bytes a turn: split into even and odd bytes, look their nibbles up in tables of 16 entries whose bits are
 *    buckets of literals, and AND the four bytes of each window. What is not zero may be a literal. Nothing branches:
 *    a mispredicted branch costs as much as 200 bytes.
 * 2. Each window that is left: two of its three-byte pieces are hashed, which most windows do not survive.
 * 3. Each survivor: the entries of its chain are compared, eight bytes at once.
 *
 * The host checks what stands beyond the eighth byte of a literal, sorts, and drops doubles.
 */

// Where things are in memory; `layout.ts` has the same numbers.
const TABLES: usize = 1024;
const HEADS: usize = 2048;
const ENTRIES: usize = 10240;
const BLOCKS: usize = 65536;
const WINDOWS: usize = 69760;
const HITS: usize = 201216;

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

/** 12 bits of a three-byte piece; `layout.ts` has the same function. */
// @ts-ignore: decorator
@inline
function hash(piece: u32): usize {
  return <usize>((piece * 0x9e3779b1) >>> 20);
}

/**
 * Finds the literals that lie whole in `[from, to)` and have their window in `[start, end)`.
 *
 * @param start even; `end - start` is at most the length of a block
 * @returns how many hits stand at `HITS`: address and literal, two u32 each
 */
export function search(start: usize, end: usize, from: usize, to: usize): i32 {
  return confirm(survivors(suspects(start, end), end), from, to);
}

/** Pass 1. Gives the end of the list at `BLOCKS`: an address, and a bit for each window of the 64 bytes before it. */
function suspects(start: usize, end: usize): usize {
  const t0 = v128.load(TABLES, 0);
  const t1 = v128.load(TABLES, 16);
  const t2 = v128.load(TABLES, 32);
  const t3 = v128.load(TABLES, 48);
  const h1 = v128.load(TABLES, 64);
  const h3 = v128.load(TABLES, 80);
  let list = BLOCKS;
  // The first two bytes of the windows of the turn before.
  let before = NONE;
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
    const first0 = v128.and(v128.and(lookup(t0, even0), lookup(t1, low0)), lookup(h1, high0));
    const second0 = v128.and(v128.and(lookup(t2, even0), lookup(t3, low0)), lookup(h3, high0));

    const even1 = i8x16.narrow_i16x8_u(v128.and(x1, LOW), v128.and(y1, LOW));
    const odd1 = i8x16.narrow_i16x8_u(i16x8.shr_u(x1, 8), i16x8.shr_u(y1, 8));
    const low1 = v128.and(odd1, NIBBLE);
    const high1 = v128.and(i16x8.shr_u(odd1, 4), NIBBLE);
    const first1 = v128.and(v128.and(lookup(t0, even1), lookup(t1, low1)), lookup(h1, high1));
    const second1 = v128.and(v128.and(lookup(t2, even1), lookup(t3, low1)), lookup(h3, high1));

    // A lane is two bytes: shifted by one lane, the first half of a window stands where its second half is.
    const both0 = v128.and(second0, i8x16.shuffle(before, first0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
    const both1 = v128.and(second1, i8x16.shuffle(first0, first1, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
    before = first1;

    const bits = i8x16.bitmask(i8x16.ne(both0, NONE)) | (i8x16.bitmask(i8x16.ne(both1, NONE)) << 16);
    store<u32>(list, <u32>at);
    store<u32>(list, bits, 4);
    list += (<usize>(bits != 0)) << 3;
  }
  return list;
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
    const entry = ENTRIES + ((<usize>next) << 5);
    const at = window - <usize>load<i32>(entry, 16);
    if (
      at >= from &&
      at + <usize>load<u32>(entry, 24) <= to &&
      (load<u64>(at) & load<u64>(entry, 8)) == load<u64>(entry)
    ) {
      store<u32>(hit, <u32>at);
      store<u32>(hit, load<u16>(entry, 22), 4);
      hit += 8;
    }
    next = load<u16>(entry, 20);
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

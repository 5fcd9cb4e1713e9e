/**
 * The ids of all objects of the repository (AssemblyScript), to look up what objects name. They are sorted as in `git/sorted-ids.ts`; of
 * each, the 64 bits are kept that follow those of its bucket: with these, another id with the same bits is as hard to make as a collision
 * of SHA-1, and the ids need less than half of the memory, which nearly every look-up has to wait for.
 */

import {
  IS_NAMED,
  KNOWN_COUNT,
  KNOWN_KEYS,
  KNOWN_SHIFT,
  KNOWN_STARTS,
  KNOWN_TYPES,
  LINK_PLACES,
  LINK_TYPE_MASK,
  LINKS,
} from './memory';

/** Larger buckets are no accident, so they are not searched one by one. */
const BUCKET_MAX: u32 = 128;

/** Keeps some of the ids, beginning with one of them. */
export function addKnown(ids: usize, first: u32, count: u32, width: usize): void {
  const shift = load<u32>(KNOWN_SHIFT);
  let key = <usize>load<u32>(KNOWN_KEYS) + (<usize>first << 3);
  let id = ids;
  for (let index: u32 = 0; index < count; index++) {
    store<u64>(key, keyOf(id, shift));
    key += 8;
    id += width;
  }
}

/** The bits after the first ones. */
// @ts-ignore: decorator
@inline
function keyOf(id: usize, shift: u32): u64 {
  const bits = <u64>(32 - shift);
  return (bswap<u64>(load<u64>(id)) << bits) | (bswap<u64>(load<u64>(id, 8)) >> (64 - bits));
}

/**
 * Notes which objects are named by the links at `LINKS`. Keeps those at the beginning that lead to no known object of their type.
 *
 * All links take each step before the next one, so that many of them wait for memory at the same time.
 *
 * @returns how many links are left
 */
export function nameKnown(count: u32, width: usize): u32 {
  if (load<u32>(KNOWN_COUNT) == 0) return count;
  const step = 4 + width;
  const end = LINKS + <usize>count * step;
  const shift = load<u32>(KNOWN_SHIFT);
  let place = LINK_PLACES;
  for (let link = LINKS; link < end; link += step) {
    store<u64>(place, load<u64>(bucketOf(link, shift)));
    place += 8;
  }
  readAhead(end, step, shift);
  let left = LINKS;
  place = LINK_PLACES;
  for (let link = LINKS; link < end; link += step) {
    if (!nameOne(link, load<u32>(place), load<u32>(place, 4), keyOf(link + 4, shift))) {
      if (left != link) memory.copy(left, link, step);
      left += step;
    }
    place += 8;
  }
  return <u32>((left - LINKS) / step);
}

/** Where the first known object of its bucket is stored, and of the next one. */
// @ts-ignore: decorator
@inline
function bucketOf(link: usize, shift: u32): usize {
  return <usize>load<u32>(KNOWN_STARTS) + (<usize>(bswap<u32>(load<u32>(link, 4)) >> shift) << 2);
}

/** About where a key is in its bucket: ids are hashes. */
// @ts-ignore: decorator
@inline
function guess(low: u32, high: u32, key: u64): u32 {
  return low + <u32>(((key >> 32) * <u64>(high - low)) >> 32);
}

/** Has the memory read that comes next. */
function readAhead(end: usize, step: usize, shift: u32): void {
  const keys = <usize>load<u32>(KNOWN_KEYS);
  const types = <usize>load<u32>(KNOWN_TYPES);
  let any: u64 = 0;
  let place = LINK_PLACES;
  for (let link = LINKS; link < end; link += step) {
    const index = <usize>guess(load<u32>(place), load<u32>(place, 4), keyOf(link + 4, shift));
    any |= load<u64>(keys + (index << 3)) | <u64>load<u8>(types + index);
    place += 8;
  }
  // Without a use, the loop would be left out.
  store<u64>(place, any);
}

/** @param low the first object of the bucket @param end the first one behind it */
// @ts-ignore: decorator
@inline
function nameOne(link: usize, low: u32, end: u32, key: u64): bool {
  const keys = <usize>load<u32>(KNOWN_KEYS);
  let index = end - low > BUCKET_MAX ? bisect(keys, low, end, key) : guess(low, end, key);
  while (index > low && load<u64>(keys + (<usize>(index - 1) << 3)) >= key) index--;
  while (index < end && load<u64>(keys + (<usize>index << 3)) < key) index++;
  if (index == end || load<u64>(keys + (<usize>index << 3)) != key) return false;
  const at = <usize>load<u32>(KNOWN_TYPES) + <usize>index;
  const type = <u32>load<u8>(at);
  if ((type & LINK_TYPE_MASK) != (load<u32>(link) & LINK_TYPE_MASK)) return false;
  store<u8>(at, <u8>(type | IS_NAMED));
  return true;
}

function bisect(keys: usize, from: u32, end: u32, key: u64): u32 {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u64>(keys + (<usize>middle << 3)) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The hits of a text out of those of its base (AssemblyScript): what is whole in a copied range would be found again. */

import { LINE_BREAK } from '../../../detect/search/simd/assembly/memory';
import {
  HIT_SIZE,
  IS_CLEAN,
  needleLength,
  needleOf,
  POSITION_SHIFT,
  positionOf,
  reachOf,
  VERDICT_MASK,
} from './known-hits';
import { COPY_RANGES, FRESH_HITS, NOT_IN_BASE, RANGE_LENGTH, RANGE_SIZE, RANGE_SOURCE } from './memory';

const CR: u32 = 13;
const EQUALS: u32 = 0x3d;
/** So many bytes before a line break show whether it may be in encoded text; an equals sign alone does. */
const ENCODED_BYTES: u32 = 32;

/**
 * Merges the hits at `FRESH_HITS` with those that lie in copied ranges of the base.
 *
 * @param hits of the base, up to `hitsEnd`
 * @param target receives the list
 * @returns its end; 0: there is no room
 */
export function inheritHits(text: usize, size: u32, count: u32, baseSize: u32, hits: usize, hitsEnd: usize, freshEnd: usize, target: usize, targetEnd: usize): usize {
  let out = target;
  let fresh = FRESH_HITS;
  let next = hits;
  const last = hits < hitsEnd ? positionOf(load<u64>(hitsEnd - HIT_SIZE)) : 0;
  const rangesEnd = COPY_RANGES + <usize>count * RANGE_SIZE;
  for (let range = COPY_RANGES; range < rangesEnd && hits < hitsEnd; range += RANGE_SIZE) {
    const source = load<u32>(range, RANGE_SOURCE);
    if (source == NOT_IN_BASE || source > last) continue;
    const start = load<u32>(range);
    const length = load<u32>(range, RANGE_LENGTH);
    const end = source + length;
    // Where both texts start, or both end, there is nothing on the other side that could differ.
    const isFirst = source == 0 && start == 0;
    const isLast = end == baseSize && start + length == size;
    next = firstAt(source, hits, hitsEnd, next);
    for (; next < hitsEnd; next += HIT_SIZE) {
      const hit = load<u64>(next);
      const position = positionOf(hit);
      if (position >= end) break;
      const needle = needleOf(hit);
      const place = position - source + start;
      if (needle != LINE_BREAK) {
        if (position + needleLength(needle) > end) continue;
      } else if (!isFirst && position < source + bytesBefore(text, place)) continue;
      const reach = reachOf(hit);
      const isClean = (hit & IS_CLEAN) != 0 && (isFirst || position >= source + reach) && (isLast || position + reach <= end);
      const inherited = (<u64>place << POSITION_SHIFT) | (hit & (isClean ? 0xfffff : 0xffff));
      const identity = inherited & ~VERDICT_MASK;
      for (; fresh < freshEnd && load<u64>(fresh) <= identity; fresh += HIT_SIZE) {
        if (load<u64>(fresh) == identity) continue;
        if (out == targetEnd) return 0;
        store<u64>(out, load<u64>(fresh));
        out += HIT_SIZE;
      }
      if (out == targetEnd) return 0;
      store<u64>(out, inherited);
      out += HIT_SIZE;
    }
  }
  if (out + (freshEnd - fresh) > targetEnd) return 0;
  memory.copy(out, fresh, freshEnd - fresh);
  return out + (freshEnd - fresh);
}

/** How many bytes before a line break belong to it. */
// @ts-ignore: decorator
@inline
function bytesBefore(text: usize, place: u32): u32 {
  const before: u32 = place > 0 && <u32>load<u8>(text + place - 1) == CR ? 2 : 1;
  return place >= before && <u32>load<u8>(text + place - before) == EQUALS ? before : before - 1 + ENCODED_BYTES;
}

/** The first hit at a position or after it. Most ranges follow the one before. */
function firstAt(position: u32, hits: usize, hitsEnd: usize, from: usize): usize {
  const wanted = <u64>position << POSITION_SHIFT;
  let next = from;
  if (next > hits && load<u64>(next - HIT_SIZE) >= wanted) {
    let low = hits;
    while (low < next) {
      const middle = low + (((next - low) >> 4) << 3);
      if (load<u64>(middle) < wanted) low = middle + HIT_SIZE;
      else next = middle;
    }
    return low;
  }
  while (next < hitsEnd && load<u64>(next) < wanted) next += HIT_SIZE;
  return next;
}

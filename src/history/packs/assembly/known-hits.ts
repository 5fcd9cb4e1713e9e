/**
 * Lists of hits (AssemblyScript): those of the last search at `FRESH_HITS`, and one for each text on the path from a root. A hit is a u64,
 * so that lists sort by position, and at the same position by needle:
 *
 *     position << 20  |  reach << 17  |  is clean << 16  |  needle, or LINE_BREAK
 *
 * A hit is clean if it leads to no match while the text near it is the same: `64 << reach` bytes on either side.
 */

import { ENTRIES, ENTRY_LENGTH, ENTRY_SHIFT } from '../../../detect/search/simd/assembly/memory';

export const HIT_SIZE: usize = 8;
export const POSITION_SHIFT: u64 = 20;
export const REACH_SHIFT: u64 = 17;
export const REACH_MASK: u64 = 7;
export const IS_CLEAN: u64 = 0x10000;
export const NEEDLE_MASK: u64 = 0xffff;
/** Reach and cleanness: what is known of a hit besides its place. */
export const VERDICT_MASK: u64 = 0xf0000;

// @ts-ignore: decorator
@inline
export function positionOf(hit: u64): u32 {
  return <u32>(hit >> POSITION_SHIFT);
}

// @ts-ignore: decorator
@inline
export function needleOf(hit: u64): u32 {
  return <u32>(hit & NEEDLE_MASK);
}

/** How many bytes near a clean hit must stay the same. */
// @ts-ignore: decorator
@inline
export function reachOf(hit: u64): u32 {
  return 64 << <u32>((hit >> REACH_SHIFT) & REACH_MASK);
}

/** Bytes of a needle, from the tables of the kernel. */
// @ts-ignore: decorator
@inline
export function needleLength(needle: u32): u32 {
  return <u32>load<u16>(ENTRIES + ((2 * <usize>needle + 1) << ENTRY_SHIFT), ENTRY_LENGTH);
}

/** The list of hits that one call hands over: packed as `hit.ts` packs them, each once, and ascending. */

import { HIT_FACTOR, TEXT_ADDRESS } from './memory';

/** @param at an address in the text */
// @ts-ignore: decorator
@inline
export function packHit(at: usize, needle: u32): f64 {
  return <f64>(<u64>(at - <usize>load<u32>(TEXT_ADDRESS)) * <u64>HIT_FACTOR + <u64>needle);
}

/**
 * Puts a hit in its place. Hits are found almost in order: a needle may begin a few bytes before one that was found
 * earlier, so the way to its place is short.
 *
 * @returns the new end of the list
 */
// @ts-ignore: decorator
@inline
export function insertHit(hits: usize, end: usize, hit: f64): usize {
  let place = end;
  for (; place > hits && load<f64>(place - 8) > hit; place -= 8) store<f64>(place, load<f64>(place - 8));
  store<f64>(place, hit);
  return end + 8;
}

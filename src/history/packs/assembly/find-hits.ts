/** Searches bytes where they are (AssemblyScript), by the kernel that all other scans use. */

import { breaks } from '../../../detect/search/simd/assembly/breaks';
import { BLOCK, HITS_ADDRESS, TEXT_ADDRESS } from '../../../detect/search/simd/assembly/memory';
import { search } from '../../../detect/search/simd/assembly/search';
import { HIT_SIZE, NEEDLE_MASK, POSITION_SHIFT } from './known-hits';
import { BREAK_HITS, FRESH_HITS, HITS_MAX, NEEDLE_HITS, SIGNATURES_FROM } from './memory';

/** Stops before the list could be too short for the hits of a block. */
const ROOM: usize = FRESH_HITS + HIT_SIZE * HITS_MAX;

/** Whether the last search has found a signature of an archive. */
let hasSignature: bool = false;
let signaturesFrom: u32 = 0;

export function foundSignature(): bool {
  return hasSignature;
}

/**
 * Collects the needles and line breaks in `[from, to)` at `FRESH_HITS`, ascending, each once. Nothing precedes `from`.
 *
 * @param from even
 * @returns the end of the list; 0: there are too many
 */
export function findHits(from: usize, to: usize): usize {
  store<u32>(TEXT_ADDRESS, <u32>from);
  const needles = <usize>load<u32>(NEEDLE_HITS);
  const lineBreaks = <usize>load<u32>(BREAK_HITS);
  signaturesFrom = load<u32>(SIGNATURES_FROM);
  hasSignature = false;
  let end = FRESH_HITS;
  for (let start = from; start < to; start += BLOCK) {
    const blockEnd = min(to, start + BLOCK);
    store<u32>(HITS_ADDRESS, <u32>needles);
    const needlesEnd = needles + <usize>search(start, blockEnd, from, to) * HIT_SIZE;
    store<u32>(HITS_ADDRESS, <u32>lineBreaks);
    const breaksEnd = lineBreaks + <usize>breaks(start, blockEnd, 0) * HIT_SIZE;
    if (end + (needlesEnd - needles) + (breaksEnd - lineBreaks) > ROOM) return 0;
    let needle = needles;
    for (let at = lineBreaks; at < breaksEnd; at += HIT_SIZE) {
      const lineBreak = load<f64>(at);
      for (; needle < needlesEnd && load<f64>(needle) < lineBreak; needle += HIT_SIZE) end = addNeedle(end, load<f64>(needle));
      end = add(end, lineBreak);
    }
    for (; needle < needlesEnd; needle += HIT_SIZE) end = addNeedle(end, load<f64>(needle));
  }
  return end;
}

// @ts-ignore: decorator
@inline
function addNeedle(end: usize, packed: f64): usize {
  if ((<u32>(<u64>packed) & <u32>NEEDLE_MASK) < signaturesFrom) return add(end, packed);
  hasSignature = true;
  return end;
}

/** Adds a hit as the kernel packs it. The first ones of a block may belong before the last one of the block before. */
// @ts-ignore: decorator
@inline
function add(end: usize, packed: f64): usize {
  const value = <u64>packed;
  const hit = ((value >> 16) << POSITION_SHIFT) | (value & NEEDLE_MASK);
  let place = end;
  for (; place > FRESH_HITS && load<u64>(place - HIT_SIZE) > hit; place -= HIT_SIZE) store<u64>(place, load<u64>(place - HIT_SIZE));
  store<u64>(place, hit);
  return end + HIT_SIZE;
}

/** Collects the parts of a text that must be searched, from the copy ranges that it was made of (AssemblyScript). */

import { copy } from './copy';
import { CHARACTERS, NOT_IN_BASE, PAIRS, RANGE_LENGTH, RANGE_SIZE, RANGE_SOURCE, REFUSED } from './memory';

/** Longer runs at the end of a line are in no encoded literal. */
const RUN: u32 = 33;

/** Whether a literal may cross the boundary before `at`. */
// @ts-ignore: decorator
@inline
function mayBeCrossed(at: usize, end: usize): bool {
  const pair = (<u32>load<u8>(at - 1) << 8) | <u32>load<u8>(at);
  if ((<u32>load<u8>(PAIRS + (pair >> 3)) >> (pair & 7)) & 1) return true;
  let after = at;
  const last = min(end, at + RUN);
  while (after < last && load<u8>(CHARACTERS + <usize>load<u8>(after)) == 1) after++;
  return after < end && load<u8>(CHARACTERS + <usize>load<u8>(after)) == 2;
}

let spanAt: usize = 0;
let collected: usize = 0;

/** Adds a span. False: there is no room. */
function addSpan(text: usize, begin: u32, end: u32, separator: u32, target: usize, targetEnd: usize): bool {
  const length = end - begin;
  if (collected + length + 1 > targetEnd) return false;
  store<u32>(spanAt, <u32>(collected - target));
  store<u32>(spanAt + 4, begin);
  spanAt += 8;
  copy(collected, text + begin, length);
  collected += length;
  store<u8>(collected++, <u8>separator);
  return true;
}

/**
 * Collects the new bytes of a text, and `margin` bytes on either side of each boundary between two copy ranges that a literal may
 * cross. A separator follows each span.
 *
 * @param spans receives the start of each span, in `target` and in the text, and finally the length of all of them
 * @param most if there are more bytes, searching the whole text is cheaper
 * @returns the number of spans; REFUSED: there are more bytes than `most`
 */
export function changedRegions(text: usize, size: u32, copyRanges: usize, count: u32, margin: u32, separator: u32, target: usize, most: u32, spans: usize): u32 {
  spanAt = spans;
  collected = target;
  const targetEnd = target + most;
  const textEnd = text + size;
  let begin: u32 = 0;
  let end: u32 = 0;
  for (let index: u32 = 0; index <= count; index++) {
    const range = copyRanges + <usize>index * RANGE_SIZE;
    const start = index < count ? load<u32>(range) : size;
    const isNew = index < count && load<u32>(range + RANGE_SOURCE) == NOT_IN_BASE;
    const length = isNew ? load<u32>(range + RANGE_LENGTH) : 0;
    // If the text starts in the middle of its base, its first bytes may be at the end of a line now.
    const isBoundary = index == 0 ? index < count && load<u32>(range + RANGE_SOURCE) != 0 : index < count && mayBeCrossed(text + start, textEnd);
    if (!isBoundary && !isNew) continue;
    const from = isBoundary ? (start > margin ? start - margin : 0) : start;
    let until = start + length;
    if (isBoundary) until = max(until, min(start + margin, size));
    if (end > 0 && from <= end) {
      end = max(end, until);
      continue;
    }
    if (end > 0 && !addSpan(text, begin, end, separator, target, targetEnd)) return REFUSED;
    begin = from;
    end = until;
  }
  if (end > 0 && !addSpan(text, begin, end, separator, target, targetEnd)) return REFUSED;
  store<u32>(spanAt, <u32>(collected - target));
  return <u32>((spanAt - spans) / 8);
}

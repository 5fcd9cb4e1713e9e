/** Puts together what of a text must be searched, when it is known how it is made of another one (AssemblyScript). */

import { copy } from './copy';
import { CHARACTERS, NOWHERE, PAIRS, PIECE_LENGTH, PIECE_SIZE, PIECE_SOURCE, REFUSED } from './memory';

/** A run of characters tells within so many bytes. */
const RUN: u32 = 33;

/** Whether something that is searched may stand across the seam before `at`. */
// @ts-ignore: decorator
@inline
function isTelling(at: usize, end: usize): bool {
  const pair = (<u32>load<u8>(at - 1) << 8) | <u32>load<u8>(at);
  if ((<u32>load<u8>(PAIRS + (pair >> 3)) >> (pair & 7)) & 1) return true;
  let after = at;
  const last = min(end, at + RUN);
  while (after < last && load<u8>(CHARACTERS + <usize>load<u8>(after)) == 1) after++;
  return after < end && load<u8>(CHARACTERS + <usize>load<u8>(after)) == 2;
}

let spanAt: usize = 0;
let gathered: usize = 0;

/** Adds a span. False: there is no room. */
function addSpan(text: usize, begin: u32, end: u32, separator: u32, target: usize, targetEnd: usize): bool {
  const length = end - begin;
  if (gathered + length + 1 > targetEnd) return false;
  store<u32>(spanAt, <u32>(gathered - target));
  store<u32>(spanAt + 4, begin);
  spanAt += 8;
  copy(gathered, text + begin, length);
  gathered += length;
  store<u8>(gathered++, <u8>separator);
  return true;
}

/**
 * Puts together what stands in a text and not, in one piece, in its base: what is new, and `margin` bytes on either side of
 * where two pieces meet, if something that is searched may stand there. After each span stands a separator.
 *
 * @param spans gets where each span begins, in `target` and in the text, and at last the length of all of it
 * @param most more bytes than that are not worth it
 * @returns how many spans; 0xffffffff: more than that
 */
export function gather(text: usize, size: u32, pieces: usize, count: u32, margin: u32, separator: u32, target: usize, most: u32, spans: usize): u32 {
  spanAt = spans;
  gathered = target;
  const targetEnd = target + most;
  const textEnd = text + size;
  let begin: u32 = 0;
  let end: u32 = 0;
  for (let index: u32 = 0; index <= count; index++) {
    const piece = pieces + <usize>index * PIECE_SIZE;
    const start = index < count ? load<u32>(piece) : size;
    const isNew = index < count && load<u32>(piece + PIECE_SOURCE) == NOWHERE;
    const length = isNew ? load<u32>(piece + PIECE_LENGTH) : 0;
    // A text that begins elsewhere in the base may make an end of a line of what was none.
    const isSeam = index == 0 ? index < count && load<u32>(piece + PIECE_SOURCE) != 0 : index < count && isTelling(text + start, textEnd);
    if (!isSeam && !isNew) continue;
    const from = isSeam ? (start > margin ? start - margin : 0) : start;
    let until = start + length;
    if (isSeam) until = max(until, min(start + margin, size));
    if (end > 0 && from <= end) {
      end = max(end, until);
      continue;
    }
    if (end > 0 && !addSpan(text, begin, end, separator, target, targetEnd)) return REFUSED;
    begin = from;
    end = until;
  }
  if (end > 0 && !addSpan(text, begin, end, separator, target, targetEnd)) return REFUSED;
  store<u32>(spanAt, <u32>(gathered - target));
  return <u32>((spanAt - spans) / 8);
}

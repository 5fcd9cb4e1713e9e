/** Collects the parts of a text that must be searched, from the copy ranges that it was made of (AssemblyScript). */

import { mayCross } from './boundary-tables';
import { copy } from './copy';
import {
  COPY_RANGES,
  DELTA,
  MARGIN,
  NOT_IN_BASE,
  RANGE_LENGTH,
  RANGE_SIZE,
  RANGE_SOURCE,
  REFUSED,
  SEPARATOR,
  SPANS,
} from './memory';

const LF: u32 = 10;
const CR: u32 = 13;
const EQUALS: u32 = 0x3d;

/** So many encoded bytes before a line break show that it may be in encoded text (`breaks.ts`). */
const ENCODED_BYTES: u32 = 32;

/**
 * Whether a needle may cross the boundary before `at`, or the encoded text before a line break. The bytes before and after the text may be
 * any; they only let a boundary more be searched.
 */
// @ts-ignore: decorator
@inline
function mayBeCrossed(at: usize): bool {
  if (mayCross(at)) return true;
  const first = <u32>load<u8>(at - 1);
  const second = <u32>load<u8>(at);
  if ((second == LF && (first == CR || first == EQUALS)) || (second == CR && first == EQUALS)) return true;
  return isEncoded(first) && isBroken(at);
}

/** Whether a line break follows so soon that some of the encoded bytes before it may be on the other side of the boundary. */
function isBroken(at: usize): bool {
  const after = othersIn(at) | (othersIn(at + 16) << 16);
  if (after == 0) return false;
  const length = <u32>ctz(after);
  const end = at + <usize>length;
  if (load<u8>(end) != LF && (load<u8>(end) != CR || load<u8>(end + 1) != LF)) return false;
  const before = othersIn(at - 32) | (othersIn(at - 16) << 16);
  return length + <u32>clz(before) >= ENCODED_BYTES;
}

/** A bit for each of 16 bytes that cannot be encoded text, because it is not between `+` and `z`. */
// @ts-ignore: decorator
@inline
function othersIn(at: usize): u32 {
  const bytes = i8x16.sub(v128.load(at), i8x16.splat(0x2b));
  return <u32>i8x16.bitmask(i8x16.gt_u(bytes, i8x16.splat(0x7a - 0x2b)));
}

// @ts-ignore: decorator
@inline
function isEncoded(byte: u32): bool {
  return byte - 0x2b <= 0x7a - 0x2b;
}

let spanAt: usize = 0;
let collected: usize = 0;

/** Adds a span. False: there is no room. */
function addSpan(text: usize, begin: u32, end: u32, separator: u8, targetEnd: usize): bool {
  const length = end - begin;
  if (collected + length + 1 > targetEnd) return false;
  store<u32>(spanAt, <u32>(collected - DELTA));
  store<u32>(spanAt + 4, begin);
  spanAt += 8;
  copy(collected, text + begin, length);
  collected += length;
  store<u8>(collected++, separator);
  return true;
}

/**
 * Collects the new bytes of a text, and `MARGIN` bytes on either side of each boundary between two copy ranges that a literal may
 * cross. A separator follows each span. They replace the delta; `SPANS` receives the start of each span, there and in the text, and
 * finally the length of all of them.
 *
 * @param count of copy ranges
 * @param most if there are more bytes, searching the whole text is cheaper
 * @returns the number of spans; REFUSED: there are more bytes than `most`
 */
export function changedRegions(text: usize, size: u32, count: u32, most: u32): u32 {
  const margin = load<u32>(MARGIN);
  const separator = load<u8>(SEPARATOR);
  spanAt = SPANS;
  collected = DELTA;
  const targetEnd = DELTA + most;
  let begin: u32 = 0;
  let end: u32 = 0;
  for (let index: u32 = 0; index <= count; index++) {
    const range = COPY_RANGES + <usize>index * RANGE_SIZE;
    const start = index < count ? load<u32>(range) : size;
    const isNew = index < count && load<u32>(range + RANGE_SOURCE) == NOT_IN_BASE;
    const length = isNew ? load<u32>(range + RANGE_LENGTH) : 0;
    // If the text starts in the middle of its base, its first bytes may be at the end of a line now.
    const isBoundary = index == 0 ? index < count && load<u32>(range + RANGE_SOURCE) != 0 : index < count && mayBeCrossed(text + start);
    if (!isBoundary && !isNew) continue;
    const from = isBoundary ? (start > margin ? start - margin : 0) : start;
    let until = start + length;
    if (isBoundary) until = max(until, min(start + margin, size));
    if (end > 0 && from <= end) {
      end = max(end, until);
      continue;
    }
    if (end > 0 && !addSpan(text, begin, end, separator, targetEnd)) return REFUSED;
    begin = from;
    end = until;
  }
  if (end > 0 && !addSpan(text, begin, end, separator, targetEnd)) return REFUSED;
  store<u32>(spanAt, <u32>(collected - DELTA));
  return <u32>((spanAt - SPANS) / 8);
}

/** Walks over text and the most frequent invisible marks: colours and moves of the cursor (`ESC [ ... letter`). */

import {
  LIST_MAX,
  MARK_BYTES,
  RAW,
  RUNS,
  RUNS_END,
  STYLES,
  STYLES_END,
  TEXT,
  TEXT_END,
} from './memory';

const TAB: i8 = 0x09;
const LETTER_S: i8 = 0x73;
const LETTER_E: i8 = 0x65;
const UNDERSCORE: i8 = 0x5f;
const ESC: u8 = 0x1b;
const BRACKET: u8 = 0x5b;
/** Longer sequences are the host's. */
const SEQUENCE_MAX: usize = 64;

/** A bit for each of 16 bytes where a mark may begin: a control, a byte beyond ASCII, `s` of `section_`. */
// @ts-ignore: decorator
@inline
function candidates(at: usize, bytes: v128): u32 {
  const special = i8x16.gt_s(i8x16.splat(0x21), i8x16.add(bytes, i8x16.splat(1)));
  const blank = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(TAB)), i8x16.splat(5));
  const section = v128.and(
    i8x16.eq(bytes, i8x16.splat(LETTER_S)),
    v128.and(
      i8x16.eq(v128.load(at, 1), i8x16.splat(LETTER_E)),
      i8x16.eq(v128.load(at, 7), i8x16.splat(UNDERSCORE)),
    ),
  );
  return <u32>i8x16.bitmask(v128.or(v128.andnot(special, blank), section));
}

/** The first place in `[from, end)` where a mark may begin; `end` if no mark does. What follows `end` must not matter. */
export function nextPlace(from: usize, end: usize): usize {
  for (let at = from; at < end; at += 16) {
    let bits = candidates(at, v128.load(at));
    while (bits != 0) {
      const place = at + <usize>ctz(bits);
      if (place >= end) return end;
      if (load<u8>(MARK_BYTES + <usize>load<u8>(place)) != 0) return place;
      bits &= bits - 1;
    }
  }
  return end;
}

/**
 * Copies what is shown of `[from, end)` to `TEXT`, with the place of each run, and lists the sequences.
 *
 * @returns where it stopped: at `end`, or at a mark that is the host's
 */
export function walk(from: usize, end: usize): usize {
  let at = from;
  let out = TEXT;
  let run = RUNS;
  let style = STYLES;
  while (at < end && style < STYLES + LIST_MAX) {
    const stop = nextPlace(at, end);
    if (stop > at) {
      store<u32>(run, <u32>(out - TEXT));
      store<u32>(run, <u32>(at - RAW), 4);
      run += 8;
      out = copy(at, stop, out);
      at = stop;
    }
    const after = at < end ? sequenceEnd(at, end) : 0;
    if (after == 0) break;
    store<u32>(style, <u32>(at - RAW));
    store<u32>(style, <u32>(after - RAW), 4);
    style += 8;
    at = after;
  }
  store<u32>(TEXT_END, <u32>out);
  store<u32>(RUNS_END, <u32>run);
  store<u32>(STYLES_END, <u32>style);
  return at;
}

/** What is copied too much is written over. */
function copy(start: usize, end: usize, out: usize): usize {
  for (let at: usize = 0; at < end - start; at += 16) v128.store(out + at, v128.load(start + at));
  return out + (end - start);
}

/** The end of the sequence `ESC [ ... letter` at `at`; 0 for any other mark. */
function sequenceEnd(at: usize, end: usize): usize {
  if (load<u8>(at) != ESC || load<u8>(at, 1) != BRACKET) return 0;
  const limit = min(end, at + SEQUENCE_MAX);
  let last = at + 2;
  while (last < limit && load<u8>(last) >= 0x20 && load<u8>(last) <= 0x3f) last++;
  return last < limit && load<u8>(last) >= 0x40 && load<u8>(last) <= 0x7e ? last + 1 : 0;
}

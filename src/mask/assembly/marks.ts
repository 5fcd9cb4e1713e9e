/** Walks over text and the most frequent invisible marks: colours and moves of the cursor (`ESC [ ... letter`). */

import {
  COMPARED,
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

const LETTER_S: u8 = 0x73;
/** `section_` */
const SECTION: u64 = 0x5f6e6f6974636573;
/** The first byte of arrows, ticks and box drawing; only those with 0x80 or 0x81 behind it have no width. */
const PUNCTUATION: u8 = 0xe2;
const ESC: u8 = 0x1b;
const BRACKET: u8 = 0x5b;
/** Longer sequences are the host's. */
const SEQUENCE_MAX: usize = 64;

/** For each of 16 bytes, not 0 where a mark may begin: a control, a byte beyond ASCII, `s` of `section_`. */
// @ts-ignore: decorator
@inline
function candidates(at: usize): v128 {
  const bytes = v128.load(at);
  const special = i8x16.gt_s(v128.load8_splat(COMPARED), i8x16.add(bytes, v128.load8_splat(COMPARED, 1)));
  const blank = i8x16.lt_u(i8x16.sub(bytes, v128.load8_splat(COMPARED, 2)), v128.load8_splat(COMPARED, 3));
  const section = v128.and(
    i8x16.eq(bytes, v128.load8_splat(COMPARED, 4)),
    v128.and(
      i8x16.eq(v128.load(at, 1), v128.load8_splat(COMPARED, 5)),
      i8x16.eq(v128.load(at, 7), v128.load8_splat(COMPARED, 6)),
    ),
  );
  return v128.or(v128.andnot(special, blank), section);
}

/** The first place in `[from, end)` where a mark may begin; `end` if no mark does. What follows `end` must not matter. */
export function nextPlace(from: usize, end: usize): usize {
  // 0x21, 1, TAB, the number of blanks from there on, and `s`, `e`, `_`.
  store<u64>(COMPARED, 0x5f657305090121);
  let at = from;
  while (at < end) {
    const first = candidates(at);
    if (at + 64 <= end) {
      const others = v128.or(candidates(at + 16), v128.or(candidates(at + 32), candidates(at + 48)));
      if (!v128.any_true(v128.or(first, others))) {
        at += 64;
        continue;
      }
    }
    let bits = <u32>i8x16.bitmask(first);
    while (bits != 0) {
      const place = at + <usize>ctz(bits);
      if (place >= end) return end;
      if (load<u8>(MARK_BYTES + <usize>load<u8>(place)) != 0 && !isOther(place, end)) return place;
      bits &= bits - 1;
    }
    at += 16;
  }
  return end;
}

/** Whether a frequent character, or a word that only begins as a section's marker does, is surely no mark. */
// @ts-ignore: decorator
@inline
function isOther(place: usize, end: usize): bool {
  const byte = load<u8>(place);
  if (byte == LETTER_S) return place + 8 <= end && load<u64>(place) != SECTION;
  return byte == PUNCTUATION && place + 2 <= end && (load<u8>(place, 1) & 0xfe) != 0x80;
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

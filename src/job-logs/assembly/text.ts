/** Copies the visible text of one line. */

import { CR, DEL, ESC, FORM_FEED, isDigit, isInWord, LF, SPACE, TAB } from './bytes';
import { visibleLength } from './characters';
import { RUNS_MAX } from './memory';
import { writeParts } from './parts';

/** Longer sequences are the host's. */
const SEQUENCE_MAX: usize = 64;
/** `section_` */
const SECTION: u64 = 0x5f6e6f6974636573;
/** `end:`, `star` and `t:` */
const END: u32 = 0x3a646e65;
const STAR: u32 = 0x72617473;
const T_COLON: u16 = 0x3a74;

/** What `copyLine` returns for lines that are not walked. */
export const UNKNOWN_LINE: usize = 0;
export const OPEN_LINE: usize = 1;

/** Of the last line: the end of its text and of its parts. */
export let textEnd: usize = 0;
export let partsEnd: usize = 0;
/** Its first visible byte in the log, and the beginning of its last run in the text. */
export let firstByte: usize = 0;
export let lastRun: usize = 0;
/** How many bytes more than UTF-16 units it has, and how many of its characters are two units. */
export let excess: u32 = 0;
export let astral: u32 = 0;
/** Whether it has carriage returns. */
export let hasReturns: bool = false;

/**
 * Copies the visible text of the line from `start` on to `text`, and writes its parts to `part`.
 *
 * @param end of the bytes that are there
 * @returns the address after the line's end; UNKNOWN_LINE if the host must walk the line: it may be read in another way,
 *   too, it is not UTF-8, or it has marks that are not colours; OPEN_LINE if its end is not there
 */
export function copyLine(start: usize, end: usize, text: usize, part: usize, line: u32, column: u32): usize {
  const one = i8x16.splat(1);
  const control = i8x16.splat(0x21);
  const n = i8x16.splat(0x6e);
  const underscore = i8x16.splat(0x5f);
  let at = start;
  let out = text;
  let run = start;
  let runs: u32 = 0;
  let runExcess: u32 = 0;
  let last: u8 = 0;
  firstByte = 0;
  lastRun = text;
  excess = 0;
  astral = 0;
  hasReturns = false;
  while (at < end) {
    // What is copied too much is written over.
    const bytes = v128.load(at);
    v128.store(out, bytes);
    // Below 0x20, and from 0x7f on; and where `section_` may begin.
    const special = i8x16.gt_s(control, i8x16.add(bytes, one));
    const section = v128.and(i8x16.eq(v128.load(at, 6), n), i8x16.eq(v128.load(at, 7), underscore));
    const bits = i8x16.bitmask(v128.or(special, section));
    if (bits == 0) {
      at += 16;
      out += 16;
      continue;
    }
    const skip = <usize>ctz(bits);
    at += skip;
    out += skip;
    if (at >= end) return OPEN_LINE;
    const byte = load<u8>(at);
    if (byte >= 0x80) {
      const length = visibleLength(at);
      if (length == 0) return UNKNOWN_LINE;
      store<u32>(out, load<u32>(at));
      at += length;
      out += length;
      runExcess += <u32>length - 1 - <u32>(length == 4);
      astral += <u32>(length == 4);
      continue;
    }
    if (byte == LF || byte == ESC) {
      if (at > run) {
        if (runs == 0) firstByte = run;
        if (++runs > RUNS_MAX) return UNKNOWN_LINE;
        lastRun = out - (at - run);
        part = writeParts(part, lastRun, run, at, line, column, runExcess > 0);
        column += <u32>(at - run) - runExcess;
        excess += runExcess;
        runExcess = 0;
        last = load<u8>(at - 1);
      }
      if (byte == LF) {
        textEnd = out;
        partsEnd = part;
        return at + 1;
      }
      const after = colourEnd(at);
      // Within a word, the line is rendered in another way, too.
      if (after == 0 || (isInWord(last) && isInWord(load<u8>(after)))) return UNKNOWN_LINE;
      column += <u32>(after - at);
      at = after;
      run = after;
      continue;
    }
    if (byte == CR) {
      // After a blank, it may be within a word.
      if (at - run >= 2 && load<u8>(at - 1) == SPACE && isInWord(load<u8>(at, 1))) return UNKNOWN_LINE;
      hasReturns = true;
    } else if (byte < SPACE) {
      if (byte < TAB || byte > FORM_FEED) return UNKNOWN_LINE;
    } else if (byte == DEL || isSection(at)) return UNKNOWN_LINE;
    store<u8>(out, byte);
    at++;
    out++;
  }
  return OPEN_LINE;
}

/** Whether the marker of a section may begin there. */
// @ts-ignore: decorator
@inline
function isSection(at: usize): bool {
  if (load<u64>(at) != SECTION) return false;
  // A time follows: in `section_end:false` it is text.
  if (load<u32>(at, 8) == END) return isDigit(load<u8>(at, 12));
  return load<u32>(at, 8) == STAR && load<u16>(at, 12) == T_COLON && isDigit(load<u8>(at, 14));
}

/** The end of the sequence `ESC [ ... letter` at `at`; 0 for any other. */
// @ts-ignore: decorator
@inline
function colourEnd(at: usize): usize {
  if (load<u8>(at, 1) != 0x5b) return 0;
  let last = at + 2;
  while (load<u8>(last) >= 0x20 && load<u8>(last) <= 0x3f) {
    if (last - at > SEQUENCE_MAX) return 0;
    last++;
  }
  const letter = load<u8>(last);
  return letter >= 0x40 && letter <= 0x7e ? last + 1 : 0;
}

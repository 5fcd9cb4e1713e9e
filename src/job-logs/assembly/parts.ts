/** The parts of the text: each is adjacent in the log. */

import { isContinuation, unitsOf } from './characters';
import { micros, seconds } from './header';
import {
  PART_COLUMN,
  PART_LINE,
  PART_MICROS,
  PART_RAW,
  PART_SECONDS,
  PART_SECTION,
  PART_SIZE,
  PART_TEXT,
  RAW,
  RAW_OFFSET,
  SECTION,
  TEXT,
  TEXT_OFFSET,
} from './memory';

/** A longer run is given in parts of this size, as `log-reader.ts` does. */
const PART: usize = 4096;

/**
 * Writes the parts of a run.
 *
 * @param part where the first one goes
 * @param text the text of the run
 * @param isWide whether it has characters beyond ASCII
 * @returns where the next one goes
 */
// @ts-ignore: decorator
@inline
export function writeParts(
  part: usize,
  text: usize,
  start: usize,
  end: usize,
  line: u32,
  column: u32,
  isWide: bool,
): usize {
  if (end - start > PART) return writeLongRun(part, text, start, end, line, column, isWide);
  return writePart(part, text, start, line, column);
}

function writeLongRun(
  part: usize,
  text: usize,
  start: usize,
  end: usize,
  line: u32,
  column: u32,
  isWide: bool,
): usize {
  let from = start;
  while (end - from > PART) {
    let to = from + PART;
    while (isWide && isContinuation(load<u8>(to))) to--;
    part = writePart(part, text, from, line, column);
    column += isWide ? unitsOf(from, to) : <u32>(to - from);
    text += to - from;
    from = to;
  }
  return writePart(part, text, from, line, column);
}

function writePart(part: usize, text: usize, start: usize, line: u32, column: u32): usize {
  store<f64>(part, load<f64>(TEXT_OFFSET) + <f64>(<u32>(text - TEXT)), PART_TEXT);
  store<f64>(part, load<f64>(RAW_OFFSET) + <f64>(<u32>(start - RAW)), PART_RAW);
  store<f64>(part, <f64>line, PART_LINE);
  store<f64>(part, <f64>column, PART_COLUMN);
  store<f64>(part, seconds, PART_SECONDS);
  store<f64>(part, micros, PART_MICROS);
  store<f64>(part, load<f64>(SECTION), PART_SECTION);
  return part + PART_SIZE;
}

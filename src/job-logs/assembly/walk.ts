/**
 * Walks whole lines of a job log, and makes of them what people see: text, and the place of each part of it. It stops
 * before a line that it does not know. The last line that it knows is left to the host, too: what follows may continue it.
 *
 * The host decides what is a mark, a word, a header or a line to be joined; here is the same for the common cases.
 */

import { LF } from './bytes';
import { isTooMuch, joinedCost, joinedEnd, joinedPartsEnd } from './chains';
import { isContinuation, length, readHeader, stream } from './header';
import {
  FIRST_STREAM,
  HEADER_MAX,
  IS_AT_END,
  IS_CONTINUED,
  IS_GITHUB,
  IS_OPEN,
  JOINED_COST,
  JOINED_END,
  JOINED_PARTS_END,
  LAST_WIDTH,
  LINES,
  PART_SIZE,
  PARTS,
  PARTS_END,
  PARTS_MAX,
  RAW_MAX,
  RUNS_MAX,
  STREAM,
  TEXT,
  TEXT_END,
  WIDEST,
} from './memory';
import { beginStreams, leaveStream } from './streams';
import { copyLine, firstByte, hasReturns, OPEN_LINE, partsEnd, textEnd } from './text';
import { addLine, ALONE, beginWraps, endWraps, lastWidth, UNKNOWN, widest } from './wraps';

/** The parts that a line may have: one for each run, and more for long ones. */
const LINE_PARTS: usize = (<usize>RUNS_MAX + (RAW_MAX >> 12) + 1) * PART_SIZE;
/** `Job's lo`: the notice of a log that was cut. */
const NOTICE: u64 = 0x6f6c207327626f4a;

/**
 * Walks the lines from `from` on, which is the beginning of one.
 *
 * @param end of the bytes that are there
 * @returns the beginning of the first line that is left to the host; the text ends before the line feed of the line above
 */
export function walk(from: usize, end: usize): usize {
  /** The stream of the line before, and that line. */
  let before = load<u32>(STREAM);
  let lineText: usize = 0;
  let lineParts: usize = 0;
  let lineReturns = false;
  let line = load<u32>(LINES);
  let at = from;
  let out = TEXT;
  let part = PARTS;
  let isGithub: u32 = 0;
  let isFirst = true;
  // The host goes on with a line that is not joined with the one before it.
  let given = from;
  beginWraps(load<u32>(IS_OPEN) != 0, load<u32>(WIDEST), load<u32>(LAST_WIDTH));
  beginStreams();
  store<u32>(IS_AT_END, 0);
  while (part + LINE_PARTS <= PARTS + PARTS_MAX * PART_SIZE) {
    if (at + HEADER_MAX > end) {
      store<u32>(IS_AT_END, 1);
      break;
    }
    const widestBefore = widest;
    const lastWidthBefore = lastWidth;
    readHeader(at, end);
    if (isFirst) {
      store<u32>(FIRST_STREAM, stream);
      if (isContinuation != (load<u32>(IS_CONTINUED) != 0)) break;
    }
    if (stream != before) {
      // The line continues one that another stream has followed.
      if (isContinuation) break;
      if (!isFirst && before > 0) leaveStream(before, lineText, out, lineParts, part, lineReturns);
    }
    let text = out;
    if (!isFirst && !isContinuation) store<u8>(text++, LF);
    const next = copyLine(at + length, end, text, part, line + 1, 1 + <u32>length);
    if (next == OPEN_LINE) store<u32>(IS_AT_END, 1);
    if (next <= OPEN_LINE || (firstByte != 0 && load<u64>(firstByte) == NOTICE)) break;
    let joined = ALONE;
    if (isContinuation) endWraps();
    else joined = addLine(text, part);
    if (isTooMuch || joined == UNKNOWN) break;
    if (!isFirst && joined == ALONE) {
      given = at;
      store<u32>(LINES, line);
      store<u32>(STREAM, stream);
      store<u32>(TEXT_END, <u32>out);
      store<u32>(PARTS_END, <u32>part);
      store<u32>(IS_GITHUB, isGithub);
      store<u32>(WIDEST, widestBefore);
      store<u32>(LAST_WIDTH, lastWidthBefore);
      store<u32>(JOINED_END, <u32>joinedEnd);
      store<u32>(JOINED_PARTS_END, <u32>joinedPartsEnd);
      store<u32>(JOINED_COST, joinedCost);
    }
    isGithub |= <u32>(length > 0 && stream == 0);
    before = stream;
    lineText = text;
    lineParts = part;
    lineReturns = hasReturns;
    line++;
    out = textEnd;
    part = partsEnd;
    at = next;
    isFirst = false;
  }
  return given;
}

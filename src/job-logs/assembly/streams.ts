/** The last line of each stream before another one, which may continue later; the host keeps it (`tails.ts`). */

import {
  LAST_LINES,
  LAST_PARTS,
  LAST_PARTS_END,
  LAST_RETURNS,
  LAST_SIZE,
  LAST_TEXT,
  LAST_TEXT_END,
  LAST_WALK,
  LEFT,
  LEFT_END,
} from './memory';

let walkNumber: u32 = 0;
let leftEnd: usize = LEFT;

/** Begins with no stream. */
export function beginStreams(): void {
  walkNumber++;
  leftEnd = LEFT;
  store<u32>(LEFT_END, <u32>LEFT);
}

/** Another stream follows a line. @param hasReturns whether the line has carriage returns */
export function leaveStream(
  stream: u32,
  text: usize,
  textEnd: usize,
  parts: usize,
  partsEnd: usize,
  hasReturns: bool,
): void {
  const line = LAST_LINES + <usize>stream * LAST_SIZE;
  store<u32>(line, <u32>text, LAST_TEXT);
  store<u32>(line, <u32>textEnd, LAST_TEXT_END);
  store<u32>(line, <u32>parts, LAST_PARTS);
  store<u32>(line, <u32>partsEnd, LAST_PARTS_END);
  store<u32>(line, <u32>hasReturns, LAST_RETURNS);
  if (load<u32>(line, LAST_WALK) == walkNumber) return;
  store<u32>(line, walkNumber, LAST_WALK);
  store<u32>(leftEnd, stream);
  leftEnd += 4;
  store<u32>(LEFT_END, <u32>leftEnd);
}

/** Joins words over the ends of lines, as `joined-lines.ts` of the host does: two parts each. */

import {
  IN_WORD,
  JOINT_SIZE,
  JOINTS,
  JOINTS_END,
  JOINTS_MAX,
  NARROWEST,
  RAW,
  SHORTEST,
  WORD_MAX,
  WORDS,
  WORDS_END,
  WORDS_MAX,
} from './memory';

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/** The lists go on where they ended, until the host has taken them. */
let wordsEnd: usize = WORDS;
let jointsEnd: usize = JOINTS;

/**
 * Joins the last word of each line with the first one of the next.
 *
 * @param from the beginning of a line
 * @param isEmpty whether the host has taken what was joined before
 * @returns the beginning of the first line that is left to the host: its end is not there, or the end of the word that
 *   begins the next line; that word fills its line, or a carriage return follows it; or the lists are full
 */
export function joinWords(from: usize, end: usize, isEmpty: bool): usize {
  if (isEmpty) {
    wordsEnd = WORDS;
    jointsEnd = JOINTS;
  }
  let line = from;
  for (let block = from; block < end; block += 16) {
    let feeds = <u32>i8x16.bitmask(i8x16.eq(v128.load(block), i8x16.splat(LF)));
    while (feeds != 0) {
      const feed = block + <usize>ctz(feeds);
      feeds &= feeds - 1;
      if (feed >= end) return done(line);
      const next = feed + 1;
      const last = feed - <usize>(feed > line && load<u8>(feed - 1) == CR);
      if (last > line && isInWord(last - 1) && feed - line >= NARROWEST) {
        if (next == end) return done(line);
        if (isInWord(next) && !join(line, last, next, end)) return done(line);
      }
      line = next;
    }
  }
  return done(line);
}

function done(line: usize): usize {
  store<u32>(WORDS_END, <u32>wordsEnd);
  store<u32>(JOINTS_END, <u32>jointsEnd);
  return line;
}

/** Joins the word that ends at `last` with the one at `next`; false if the host must do it. */
function join(line: usize, last: usize, next: usize, end: usize): bool {
  const limit = min(end, next + WORD_MAX);
  let after = next;
  while (after < limit && isInWord(after)) after++;
  if (after == limit) return false;
  const byte = load<u8>(after);
  if (byte == CR || (byte == LF && after - next >= NARROWEST)) return false;
  // The byte behind the word decides whether it is a token.
  if (byte != LF) after++;
  const floor = last - line > WORD_MAX ? last - WORD_MAX : line;
  let first = last;
  while (first > floor && isInWord(first - 1)) first--;
  const length = last - first + (after - next);
  if (length < SHORTEST) return true;
  if (wordsEnd + length + 1 > WORDS + WORDS_MAX || jointsEnd + JOINT_SIZE > JOINTS + JOINTS_MAX) return false;
  store<u32>(jointsEnd, <u32>(wordsEnd - WORDS));
  store<u32>(jointsEnd, <u32>(first - RAW), 4);
  wordsEnd = copy(first, last, wordsEnd);
  store<u32>(jointsEnd, <u32>(wordsEnd - WORDS), 8);
  store<u32>(jointsEnd, <u32>(next - RAW), 12);
  jointsEnd += JOINT_SIZE;
  wordsEnd = copy(next, after, wordsEnd);
  store<u8>(wordsEnd++, LF);
  return true;
}

/** What is copied too much is written over. */
function copy(start: usize, end: usize, out: usize): usize {
  for (let at: usize = 0; at < end - start; at += 16) v128.store(out + at, v128.load(start + at));
  return out + (end - start);
}

// @ts-ignore: decorator
@inline
function isInWord(at: usize): bool {
  return load<u8>(IN_WORD + <usize>load<u8>(at)) != 0;
}

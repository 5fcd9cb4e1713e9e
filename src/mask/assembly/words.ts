/** Joins words over the ends of lines, as `joined-lines.ts` of the host does: two parts each. */

import {
  IN_WORD,
  JOINT_SIZE,
  JOINTS,
  JOINTS_END,
  JOINTS_MAX,
  LOWER_HALVES,
  NARROWEST,
  RAW,
  SHORTEST,
  UPPER_HALVES,
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
  const after = wordEnd(next, limit);
  if (after == limit) return false;
  const byte = load<u8>(after);
  if (byte == CR || (byte == LF && after - next >= NARROWEST)) return false;
  // The byte behind the word decides whether it is a token.
  const stop = after + <usize>(byte != LF);
  const first = wordStart(last, last - line > WORD_MAX ? last - WORD_MAX : line);
  const length = last - first + (stop - next);
  if (length < SHORTEST) return true;
  if (wordsEnd + length + 1 > WORDS + WORDS_MAX || jointsEnd + JOINT_SIZE > JOINTS + JOINTS_MAX) return false;
  store<u32>(jointsEnd, <u32>(wordsEnd - WORDS));
  store<u32>(jointsEnd, <u32>(first - RAW), 4);
  wordsEnd = copy(first, last, wordsEnd);
  store<u32>(jointsEnd, <u32>(wordsEnd - WORDS), 8);
  store<u32>(jointsEnd, <u32>(next - RAW), 12);
  jointsEnd += JOINT_SIZE;
  wordsEnd = copy(next, stop, wordsEnd);
  store<u8>(wordsEnd++, LF);
  return true;
}

/** What is copied too much is written over. */
function copy(start: usize, end: usize, out: usize): usize {
  for (let at: usize = 0; at < end - start; at += 16) v128.store(out + at, v128.load(start + at));
  return out + (end - start);
}

/** The end of the word that `from` is in. */
function wordEnd(from: usize, limit: usize): usize {
  for (let at = from; at < limit; at += 16) {
    const others = ~inWord(at);
    if (<u32>ctz(others) < 16) return min(at + <usize>ctz(others), limit);
  }
  return limit;
}

/** The beginning of the word that ends at `last`. */
function wordStart(last: usize, floor: usize): usize {
  for (let at = last; at > floor; at -= 16) {
    const others = ~(inWord(at - 16) << 16);
    if (<u32>clz(others) < 16) return max(at - <usize>clz(others), floor);
  }
  return floor;
}

/** A bit for each of 16 bytes that may be in a word. */
// @ts-ignore: decorator
@inline
function inWord(at: usize): u32 {
  const half = i8x16.splat(15);
  const bytes = v128.load(at);
  const kinds = v128.and(
    i8x16.swizzle(v128.load(UPPER_HALVES), v128.and(i16x8.shr_u(bytes, 4), half)),
    i8x16.swizzle(v128.load(LOWER_HALVES), v128.and(bytes, half)),
  );
  return <u32>i8x16.bitmask(i8x16.gt_s(kinds, i8x16.splat(0)));
}

// @ts-ignore: decorator
@inline
function isInWord(at: usize): bool {
  return load<u8>(IN_WORD + <usize>load<u8>(at)) != 0;
}

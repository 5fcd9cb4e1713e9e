/**
 * Finds line feeds that may split encoded text: 32 base64 characters precede them, or an equals sign, with or without a
 * carriage return between. Most line feeds follow neither, so it does not begin at the line feeds.
 *
 * 32 bytes of base64 contain a whole block of 16 at an address that 16 divides. Such blocks, and equals signs before a
 * control character, are rare, and are found without a branch; only behind them a line feed is looked for.
 */

import { BLOCKS, BREAK_BYTES, HITS_ADDRESS, LINE_BREAK, NEIGHBOURS, TEXT_ADDRESS } from './memory';
import { packHit } from './hits';
import { splitsNeedle } from './splits';

const LINE_FEED: v128 = i8x16.splat(10);
const CASE: v128 = i8x16.splat(0x20);

/** The line feed is at most 32 bytes behind the beginning of the last whole block: 15 bytes more, and a carriage return. */
const REACH: usize = 64 + 32;

/**
 * @param textEnd of the bytes that are there, if those that surely split no needle are to be left out; otherwise 0
 * @returns the number of line breaks at `HITS_ADDRESS`, as hits, ascending
 */
export function breaks(start: usize, end: usize, textEnd: usize): i32 {
  const text = <usize>load<u32>(TEXT_ADDRESS);
  const hits = <usize>load<u32>(HITS_ADDRESS);
  const listEnd = suspects(start, end);
  let hitsEnd = hits;
  /** The line feeds before this address were checked. */
  let checked: usize = 0;
  for (let item = BLOCKS; item < listEnd; item += 4) {
    const stretch = <usize>load<u32>(item);
    let block = max(stretch, checked);
    checked = stretch + REACH;
    if (!hasFeed(stretch)) continue;
    for (; block < checked; block += 16) {
      let feeds = feedsIn(block);
      while (feeds != 0) {
        const feed = block + <usize>ctz(feeds);
        feeds &= feeds - 1;
        if (feed < start || feed >= end) continue;
        const last = feed - 1 - <usize>(feed > text && load<u8>(feed - 1) == 13);
        // Nothing precedes the text.
        if (last < text) continue;
        const isBreak = load<u8>(last) == 0x3d || (last >= text + 31 && isBase64(last - 15) && isBase64(last - 31));
        if (isBreak && (textEnd == 0 || splitsNeedle(feed, text, textEnd, NEIGHBOURS))) {
          store<f64>(hitsEnd, packHit(feed, LINE_BREAK));
          hitsEnd += 8;
        }
      }
    }
  }
  return <i32>((hitsEnd - hits) >> 3);
}

/** Lists stretches of 64 bytes with such a block or such an equals sign. Returns the end of the list at `BLOCKS`. */
function suspects(start: usize, end: usize): usize {
  store<u64>(BREAK_BYTES, 0x3a0e3dcf55);
  const shift = v128.load8_splat(BREAK_BYTES);
  const most = v128.load8_splat(BREAK_BYTES, 1);
  const sign = v128.load8_splat(BREAK_BYTES, 2);
  const control = v128.load8_splat(BREAK_BYTES, 3);
  const colon = v128.load8_splat(BREAK_BYTES, 4);
  let list = BLOCKS;
  for (let at = (start - 48) & ~15; at < end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const equals = v128.or(
      v128.or(signs(a, v128.load(at, 1), sign, control), signs(b, v128.load(at, 17), sign, control)),
      v128.or(signs(c, v128.load(at, 33), sign, control), signs(d, v128.load(at, 49), sign, control)),
    );
    const found =
      mayBeBase64(a, shift, most, colon) |
      mayBeBase64(b, shift, most, colon) |
      mayBeBase64(c, shift, most, colon) |
      mayBeBase64(d, shift, most, colon) |
      v128.any_true(equals);
    store<u32>(list, <u32>at);
    list += (<usize>found) << 2;
  }
  return list;
}

/** Whether all bytes are from 0x2b to 0x7a and no colon: base64 and little else. Times and addresses have colons. */
// @ts-ignore: decorator
@inline
function mayBeBase64(bytes: v128, shift: v128, most: v128, colon: v128): bool {
  return !v128.any_true(v128.or(i8x16.gt_s(i8x16.add(bytes, shift), most), i8x16.eq(bytes, colon)));
}

/** Equals signs that a control character follows, or a byte beyond ASCII. */
// @ts-ignore: decorator
@inline
function signs(bytes: v128, next: v128, sign: v128, control: v128): v128 {
  return v128.and(i8x16.eq(bytes, sign), i8x16.gt_s(control, next));
}

/** Whether there is a line feed within reach. */
// @ts-ignore: decorator
@inline
function hasFeed(at: usize): bool {
  const first = v128.or(v128.or(feeds(at), feeds(at + 16)), feeds(at + 32));
  const second = v128.or(v128.or(feeds(at + 48), feeds(at + 64)), feeds(at + 80));
  return v128.any_true(v128.or(first, second));
}

// @ts-ignore: decorator
@inline
function feeds(at: usize): v128 {
  return i8x16.eq(v128.load(at), LINE_FEED);
}

/** A bit for each line feed in 16 bytes. */
// @ts-ignore: decorator
@inline
function feedsIn(at: usize): u32 {
  return <u32>i8x16.bitmask(feeds(at));
}

/** Whether 16 bytes are of the standard or of the URL-safe alphabet. */
function isBase64(at: usize): bool {
  const bytes = v128.load(at);
  const letter = i8x16.lt_u(i8x16.sub(v128.or(bytes, CASE), i8x16.splat(0x61)), i8x16.splat(26));
  // 0x2f is the slash, before the digits.
  const digit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x2f)), i8x16.splat(11));
  const other = v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x2b)), i8x16.eq(bytes, i8x16.splat(0x2d))),
    i8x16.eq(bytes, i8x16.splat(0x5f)),
  );
  return i8x16.all_true(v128.or(v128.or(letter, digit), other));
}

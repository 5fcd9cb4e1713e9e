/** Finds two bytes that are rarely side by side. */

/** The first place in `[start, end)` where the two bytes begin, the first one lower; `end` if there is no such place. */
export function findPair(pair: u32, start: usize, end: usize): usize {
  const first = i8x16.splat(<i8>pair);
  const second = i8x16.splat(<i8>(pair >> 8));
  for (let at = start; at < end; at += 32) {
    const low = v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at, 1), second));
    const high = v128.and(i8x16.eq(v128.load(at, 16), first), i8x16.eq(v128.load(at, 17), second));
    if (!v128.any_true(v128.or(low, high))) continue;
    const bits = <u32>i8x16.bitmask(low) | (<u32>i8x16.bitmask(high) << 16);
    return min(at + <usize>ctz(bits), end);
  }
  return end;
}

/** Counts lines and characters, for the places of matches. */

/** The number of line feeds in `[start, end)`. */
export function countLines(start: usize, end: usize): u32 {
  const feed = i8x16.splat(0x0a);
  let lines: u32 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), feed)));
  for (; at < end; at++) lines += <u32>(load<u8>(at) == 0x0a);
  return lines;
}

/** The UTF-16 units of valid UTF-8: bytes that begin a character, and those that begin one of two units. */
export function utf16Units(start: usize, end: usize): u32 {
  const least = i8x16.splat(-64);
  const astral = i8x16.splat(<i8>0xf0);
  let units: u32 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    units += popcnt(i8x16.bitmask(i8x16.ge_s(bytes, least)));
    units += popcnt(i8x16.bitmask(i8x16.ge_u(bytes, astral)));
  }
  for (; at < end; at++) {
    const byte = load<u8>(at);
    units += <u32>((byte & 0xc0) != 0x80) + <u32>(byte >= 0xf0);
  }
  return units;
}

/** The number of bytes below 128 with which `[start, end)` begins. */
export function asciiLength(start: usize, end: usize): u32 {
  let at = start;
  while (at + 16 <= end && !i8x16.bitmask(v128.load(at))) at += 16;
  while (at < end && load<u8>(at) < 0x80) at++;
  return <u32>(at - start);
}

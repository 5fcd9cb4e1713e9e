/** Characters beyond ASCII. */

/**
 * The length of the well-formed and visible character at `at`; 0 for anything else: a mark of `terminal-marks.ts`, or a
 * byte that is not UTF-8.
 */
export function visibleLength(at: usize): usize {
  const first = <u32>load<u8>(at);
  const second = <u32>load<u8>(at, 1);
  if (first < 0xc2 || first > 0xf4 || !isContinuation(second)) return 0;
  if (first < 0xe0) return isHiddenPair(first, second) ? 0 : 2;
  const third = <u32>load<u8>(at, 2);
  if (!isContinuation(third)) return 0;
  if (first < 0xf0) {
    // Overlong forms and surrogates.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    return isHiddenTriple(first, second, third) ? 0 : 3;
  }
  if (!isContinuation(load<u8>(at, 3)) || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return first == 0xf3 && second == 0xa0 && third >= 0x80 && third <= 0x87 ? 0 : 4;
}

/** The UTF-16 units of well-formed UTF-8. */
export function unitsOf(start: usize, end: usize): u32 {
  let units: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    units += <u32>((byte & 0xc0) != 0x80) + <u32>(byte >= 0xf0);
  }
  return units;
}

// @ts-ignore: decorator
@inline
export function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** 8-bit controls, the soft hyphen, combining marks, the mark of Arabic letters. */
function isHiddenPair(first: u32, second: u32): bool {
  if (first == 0xc2) return second < 0xa0 || second == 0xad;
  if (first == 0xcc) return true;
  if (first == 0xcd) return second < 0xb0;
  return first == 0xd8 && second == 0x9c;
}

/** As `isWidthless` of terminal-marks.ts. */
function isHiddenTriple(first: u32, second: u32, third: u32): bool {
  if (first == 0xe1) {
    if (second == 0xa0) return third >= 0x8b && third <= 0x8f;
    return second == 0x85 && (third == 0x9f || third == 0xa0);
  }
  if (first == 0xe2) {
    if (second == 0x80) return (third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae);
    return second == 0x81 && third >= 0xa0 && third <= 0xaf;
  }
  if (first == 0xe3) return second == 0x85 && third == 0xa4;
  if (first != 0xef) return false;
  if (second == 0xbb) return third == 0xbf;
  if (second == 0xbe) return third == 0xa0;
  return second == 0xb8 && ((third >= 0x80 && third <= 0x8f) || (third >= 0xa0 && third <= 0xaf));
}

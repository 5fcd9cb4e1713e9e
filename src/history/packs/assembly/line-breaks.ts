/** Whether encoded text may continue on the next line (AssemblyScript): few lines are such that it can. */

const TAB: u32 = 9;
const LF: u32 = 10;
const CR: u32 = 13;
const SPACE: u32 = 0x20;
const EQUALS: u32 = 0x3d;
/** As in `detect/encodings/lines.ts`. */
const LINE_MAX: u32 = 4096;

/**
 * Whether the line behind a line feed may continue base64 or hex digits, as `nextLine` of `detect/encodings/lines.ts` decides it; true also
 * for a soft line break.
 */
export function mayContinue(text: usize, size: u32, position: u32): bool {
  const before = position > 0 && byteAt(text, position - 1) == CR ? position - 1 : position;
  if (before > 0 && byteAt(text, before - 1) == EQUALS) return true;
  const indentEnd = min(size, position + 1 + LINE_MAX);
  let next = position + 1;
  while (next < indentEnd && isBlank(byteAt(text, next))) next++;
  const runEnd = min(size, next + LINE_MAX);
  let end = next;
  while (end < runEnd && isHex(byteAt(text, end))) end++;
  if (end > next && isLineOver(text, size, end)) return true;
  while (end < runEnd && isBase64(byteAt(text, end))) end++;
  return end > next && isLineOver(text, size, end);
}

/** Whether nothing that could be text follows the encoded part of a line. */
function isLineOver(text: usize, size: u32, from: u32): bool {
  const last = min(size, from + LINE_MAX);
  let end = from;
  while (end < last && (byteAt(text, end) == EQUALS || isBlank(byteAt(text, end)))) end++;
  return end >= size || byteAt(text, end) == LF || !isWord(byteAt(text, end));
}

// @ts-ignore: decorator
@inline
function byteAt(text: usize, at: u32): u32 {
  return <u32>load<u8>(text + at);
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u32): bool {
  return byte == SPACE || byte == TAB || byte == CR;
}

// @ts-ignore: decorator
@inline
function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

// @ts-ignore: decorator
@inline
function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** Letters, digits, and the signs of both alphabets: plus, minus, slash, underscore. */
// @ts-ignore: decorator
@inline
function isBase64(byte: u32): bool {
  return isLetter(byte) || byte - 0x2f < 11 || byte == 0x2b || byte == 0x2d || byte == 0x5f;
}

/** Letters, digits and what is within ordinary text: colon, dot, bracket, bytes beyond ASCII. */
// @ts-ignore: decorator
@inline
function isWord(byte: u32): bool {
  return isLetter(byte) || byte - 0x30 < 11 || byte == 0x2e || byte == 0x28 || byte >= 0x80;
}

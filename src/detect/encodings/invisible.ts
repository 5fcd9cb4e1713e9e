/**
 * Characters that are not shown, in UTF-8: blanks without a width, joiners, marks of direction, the byte order mark, the soft
 * hyphen. Web pages and documents have them within long words, and people copy them with a token.
 */

/** The first bytes of such characters; any other byte is decided by this table. */
const BEGINS = new Uint8Array(256);
for (const first of [0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xef]) BEGINS[first] = 1;

/** Bytes that are a part of one. */
export const INVISIBLE_BYTES: readonly number[] = [
  0xc2,
  0xcd,
  0xd8,
  0xe1,
  0xe2,
  0xef,
  0xb8,
  0xbb,
  0xbf,
  ...Array.from({ length: 48 }, (_, index) => 0x80 + index),
];

/** The most that are skipped in a row. */
export const INVISIBLE_MAX = 12;

/** The length of the invisible character that begins at a place; 0 if none does. */
export function invisibleAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (BEGINS[first] !== 1) return 0;
  const [second, third] = [bytes[at + 1]!, bytes[at + 2]!];
  switch (first) {
    case 0xc2:
      return second === 0xad ? 2 : 0;
    case 0xcd:
      return second === 0x8f ? 2 : 0;
    case 0xd8:
      return second === 0x9c ? 2 : 0;
    case 0xe1:
      return second === 0xa0 && third >= 0x8b && third <= 0x8e ? 3 : 0;
    case 0xe2:
      if (second === 0x80) return (third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae) ? 3 : 0;
      return second === 0x81 && third >= 0xa0 && third <= 0xaf ? 3 : 0;
    default:
      if (second === 0xb8) return third >= 0x80 && third <= 0x8f ? 3 : 0;
      return second === 0xbb && third === 0xbf ? 3 : 0;
  }
}

/** The length of the invisible character that ends at a place; 0 if none does. */
export function invisibleBefore(bytes: Uint8Array, end: number): number {
  if (end < 2 || bytes[end - 1]! < 0x80) return 0;
  if (invisibleAt(bytes, end - 2) === 2) return 2;
  return end >= 3 && invisibleAt(bytes, end - 3) === 3 ? 3 : 0;
}

/** Those that are searched between the characters of keywords, latin1. Others are found next to an escape or a keyword only. */
export const INVISIBLE = ['\u200b', '\u200c', '\u200d', '\u200e', '\u2060', '\ufeff', '\u00ad'].map((character) =>
  Buffer.from(character).toString('latin1'),
);

/** What all escapes are made of: digits, and one number for an escape. */

/** The forms, a bit each, in the order in which they are named. */
export const FORMS = {
  percent: 1,
  'unicode-escape': 2,
  octal: 4,
  backslash: 8,
  html: 16,
  'quoted-printable': 32,
  invisible: 64,
} as const;

export const HEX = '0123456789ABCDEFabcdef';
/** The value of a hex digit; 255 for any other byte. */
export const DIGIT = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++)
  for (const letter of value.toString(16) + value.toString(16).toUpperCase()) DIGIT[letter.charCodeAt(0)] = value;

export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const [LOWER_U, UPPER_U, LOWER_X, UPPER_X, LOWER_O, UPPER_N] = [0x75, 0x55, 0x78, 0x58, 0x6f, 0x4e];

export const NONE = 0;
/** One number for an escape: its value, its length and its form; never 0. */
export const packed = (value: number, length: number, form: number): number => value | (length << 8) | (form << 16);
export const valueOf = (escape: number): number => escape & 0xff;
export const lengthOf = (escape: number): number => (escape >> 8) & 0xff;
export const formOf = (escape: number): number => escape >> 16;

/** The value of the two hex digits from `at` on; above 255 if one of them is no hex digit, or is not filled. */
export function hexAt(bytes: Uint8Array, at: number, filled: number): number {
  if (at + 1 >= filled) return 0xffff;
  const [high, low] = [DIGIT[bytes[at]!]!, DIGIT[bytes[at + 1]!]!];
  return high > 15 || low > 15 ? 0xffff : (high << 4) | low;
}

/** Compressed or packed values that are written as base64: recognised by how their first bytes are written, once or twice. */

interface Mark {
  readonly text: string;
  /** How many characters of base64 are before it. */
  readonly before: number;
  /** Whether what is encoded is base64 again. */
  readonly isTwice?: true;
}

/** gzip, zstd, xz, bzip2, zip, 7z, PDF; and the first four and zip encoded once more, as Helm writes them. */
const LONG: readonly Mark[] = [
  { text: 'H4sI', before: 0 },
  { text: 'KLUv', before: 0 },
  { text: 'Td6WFoA', before: 1 },
  { text: 'FBWSZTW', before: 6 },
  { text: 'UEsDB', before: 0 },
  { text: 'N3q8ryc', before: 0 },
  { text: 'JVBERi0', before: 0 },
  { text: 'SDRzSU', before: 0, isTwice: true },
  { text: 'S0xVd', before: 0, isTwice: true },
  { text: 'L1RkNldGb', before: 0, isTwice: true },
  { text: 'UWxwb', before: 0, isTwice: true },
  { text: 'VUVzRE', before: 0, isTwice: true },
];
/** zlib, at its usual and its highest level, once and twice. Three characters are in much text, so the one before counts, too. */
const ZLIB = ['eJw', 'eJx', 'eJy', 'eJz', 'eNo', 'eNp', 'eNq', 'eNr'];
const TWICE: readonly Mark[] = ['ZUp3', 'ZUp4', 'ZUp5', 'ZUp6', 'ZU5v', 'ZU5w', 'ZU5x', 'ZU5y'].map((text) => ({
  text,
  before: 0,
  isTwice: true,
}));
const AROUND = ['"', "'", ' ', '='];

const MARKS: readonly Mark[] = [
  ...LONG,
  ...TWICE,
  ...ZLIB.flatMap((text) => AROUND.map((around) => ({ text: around + text, before: -1 }))),
];
const BY_TEXT = new Map(MARKS.map((mark) => [mark.text, mark]));

/** Text that every such value has at its beginning. */
export const PACKED_MARKS: readonly string[] = MARKS.map(({ text }) => text);

/** No stream is shorter, with what announces it. */
const SHORTEST = 24;
const IS_BASE64 = new Uint8Array(256);
for (const character of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'))
  IS_BASE64[character] = 1;
const JOINT_MAX = 96;
/** What may be between two parts of a value: the end of a line, also one that is written as an escape, or in quotes. */
const JOINT =
  /^(?:(?:\\r)?\\n|["']?[ \t]*[+.,\\]?[ \t]*\r?\n[ \t]*["']?|\\(?=\/)|["'][ \t]*\+[ \t]*["'])(?=[A-Za-z0-9+/_-])/;

/**
 * Where the value begins that has a mark; undefined if there is no such value.
 *
 * @param position of the mark
 * @param length the number of bytes that are text
 */
export function packedStart(bytes: Uint8Array, mark: string, position: number, length: number): number | undefined {
  const { before = 0, isTwice = false } = BY_TEXT.get(mark) ?? {};
  const start = position - before;
  if (start < 0 || !isStart(bytes, start)) return undefined;
  const head = base64At(bytes, start, length, SHORTEST);
  if (head.length < SHORTEST) return undefined;
  const first = Buffer.from(head, 'base64');
  return isPlausible(first, isTwice) ? start : undefined;
}

/** Whether a text begins with such a value. */
export function packedAtStart(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 2 * SHORTEST));
  if (ZLIB.some((mark) => head.subarray(0, mark.length).equals(Buffer.from(mark))))
    return base64At(head, 0, head.length, SHORTEST).length === SHORTEST;
  return LONG.concat(TWICE).some(
    ({ text, before }) =>
      head.subarray(before, before + text.length).equals(Buffer.from(text)) &&
      packedStart(head, text, before, head.length) === 0,
  );
}

/** Base64 in base64; a header of gzip: its method, flags that are defined, and a level; the fourth byte of zstd. */
function isPlausible(first: Buffer, isTwice: boolean): boolean {
  // A value in lines has such marks by chance at the beginnings of some.
  if (isTwice) return first.every((byte) => IS_BASE64[byte] === 1);
  if (first[0] === 0x28) return first[3] === 0xfd;
  return first[0] !== 0x1f || (first[2] === 8 && first[3]! < 0x20 && [0, 2, 4].includes(first[8]!));
}

/** Not within other base64, but an escape may be before it. */
function isStart(bytes: Uint8Array, start: number): boolean {
  const before = Buffer.from(bytes.subarray(Math.max(0, start - 6), start)).toString('latin1');
  return /(?:^|[^A-Za-z0-9+/]|\\[nrt]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2})$/.test(before);
}

/**
 * The characters of the value at a place, without what is between its parts. What follows a value may be taken for a part of it; a stream
 * shows its end itself.
 *
 * @param most the number of characters that are enough
 */
export function base64At(bytes: Uint8Array, start: number, length: number, most: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  const parts: string[] = [];
  let count = 0;
  for (let at = start; count < most;) {
    let end = at;
    while (end < length && end - at < most - count && IS_BASE64[text[end]!] === 1) end++;
    if (end === at) break;
    parts.push(text.toString('latin1', at, end));
    count += end - at;
    const [joint] = JOINT.exec(text.toString('latin1', end, Math.min(length, end + JOINT_MAX))) ?? [];
    if (joint === undefined) break;
    at = end + joint.length;
  }
  return parts.join('');
}

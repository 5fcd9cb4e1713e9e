/**
 * Invisible marks in terminal output: escape sequences (ECMA-48, with ESC and as 8-bit controls), control characters, characters
 * without width, backspaces; and the markers of GitLab's sections, which end a word.
 */

import { BACKSLASH, CR, ESC, LETTER_S, LF } from './bytes.ts';

/**
 * - `style`: a sequence without text: a colour, a move, a charset
 * - `carrier`: a sequence with text of its own: the address of a link, the title of a window
 * - `hidden`: an invisible character
 * - `back`: a backspace: the next character overwrites the one before it
 * - `break`: visible text that ends a word: the marker of a section
 */
export type MarkKind = 'style' | 'carrier' | 'hidden' | 'back' | 'break';

export interface Mark {
  readonly kind: MarkKind;
  /** Offset after its last byte. */
  readonly end: number;
  /** The text of a carrier. */
  readonly text?: { readonly start: number; readonly end: number };
}

/** Longer sequences are treated as text. */
export const SEQUENCE_MAX = 4096;

const BS = 0x08;
const BEL = 0x07;
const DEL = 0x7f;
/** 8-bit controls that begin sequences, and the one that ends them. */
const CSI = 0x9b;
const ST = 0x9c;

/** 1: a mark may begin with the byte. LF and CR have values of their own: 2 and 3. */
export const MARK_BYTES: Uint8Array = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte++) MARK_BYTES[byte] = 1;
for (const byte of [0x09, 0x0b, 0x0c]) MARK_BYTES[byte] = 0;
for (const byte of [DEL, LETTER_S, 0x90, 0x98, CSI, 0x9d, 0x9e, 0x9f]) MARK_BYTES[byte] = 1;
for (const lead of [0xc2, 0xcc, 0xcd, 0xd8, 0xe1, 0xe2, 0xe3, 0xef, 0xf3]) MARK_BYTES[lead] = 1;
MARK_BYTES[LF] = 2;
MARK_BYTES[CR] = 3;

/** The first place from `from` on where a mark may begin; `end` if there is no such place. */
export function nextPlace(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (MARK_BYTES[byte] !== 1) continue;
    if (byte !== LETTER_S || mayBeSection(bytes, at, end)) return at;
  }
  return end;
}

/**
 * The mark that begins at `at`; undefined if it is text.
 *
 * @param end the end of the bytes read so far
 * @param isLast whether nothing comes after `end`
 * @returns `more` if more bytes are needed to decide
 */
export function markAt(bytes: Uint8Array, at: number, end: number, isLast: boolean): Mark | 'more' | undefined {
  const byte = bytes[at]!;
  if (byte === ESC) return sequenceAt(bytes, at, end, isLast);
  if (byte === BS) return { kind: 'back', end: at + 1 };
  if (byte < 0x20 || byte === DEL) return MARK_BYTES[byte] === 1 ? { kind: 'hidden', end: at + 1 } : undefined;
  if (byte === LETTER_S) return sectionAt(bytes, at, end, isLast);
  if (byte < 0x80) return undefined;
  if (byte < 0xc0) return isInCharacter(bytes, at) ? undefined : controlAt(bytes, at, at + 1, byte, end, isLast);
  return characterAt(bytes, at, end, isLast);
}

/** The sequence that begins with an ESC; an ESC alone is a hidden character. */
function sequenceAt(bytes: Uint8Array, at: number, end: number, isLast: boolean): Mark | 'more' {
  if (at + 1 >= end) return isLast ? { kind: 'style', end: at + 1 } : 'more';
  const kind = bytes[at + 1]!;
  if (kind === 0x5b) return parametersAt(bytes, at, at + 2, end, isLast);
  if (isCarrier(kind + 0x40)) return carrierAt(bytes, at, at + 2, end, isLast);
  if (kind >= 0x20 && kind <= 0x2f) {
    // A charset: `ESC ( B`.
    let last = at + 2;
    while (last < end && bytes[last]! >= 0x20 && bytes[last]! <= 0x2f && last - at < SEQUENCE_MAX) last++;
    if (last >= end) return isLast ? { kind: 'style', end: at + 1 } : 'more';
    return { kind: 'style', end: bytes[last]! >= 0x30 && bytes[last]! <= 0x7e ? last + 1 : at + 1 };
  }
  // Only letters with a meaning: others may begin a word.
  return { kind: 'style', end: at + (LONE_FINALS.has(kind) ? 2 : 1) };
}

/** Saving and restoring the cursor, keypad modes, index and reset; `ESC \` ends a string that began earlier. */
const LONE_FINALS = new Set(Array.from('78=>DEHMNOZc\\', (character) => character.charCodeAt(0)));

/** `CSI parameters intermediates final`, from the byte after the CSI. */
function parametersAt(bytes: Uint8Array, at: number, from: number, end: number, isLast: boolean): Mark | 'more' {
  const limit = Math.min(end, at + SEQUENCE_MAX);
  let last = from;
  while (last < limit && bytes[last]! >= 0x20 && bytes[last]! <= 0x3f) last++;
  if (last < limit) return { kind: 'style', end: bytes[last]! >= 0x40 && bytes[last]! <= 0x7e ? last + 1 : from };
  return limit < end || isLast ? { kind: 'style', end: from } : 'more';
}

/** OSC, DCS, SOS, PM and APC by their 8-bit controls: text up to BEL or ST. */
function isCarrier(control: number): boolean {
  return control === 0x9d || control === 0x90 || control === 0x98 || control === 0x9e || control === 0x9f;
}

function carrierAt(bytes: Uint8Array, at: number, from: number, end: number, isLast: boolean): Mark | 'more' {
  const limit = Math.min(end, at + SEQUENCE_MAX);
  for (let last = from; last < limit; last++) {
    const byte = bytes[last]!;
    // Most bytes are text.
    if (byte > ESC && byte !== ST) continue;
    const text = { start: from, end: last };
    // ST as UTF-8 is two bytes.
    if (byte === ST && last > from && bytes[last - 1] === 0xc2)
      return { kind: 'carrier', end: last + 1, text: { start: from, end: last - 1 } };
    if (byte === BEL || (byte === ST && !isInCharacter(bytes, last))) return { kind: 'carrier', end: last + 1, text };
    if (byte === LF) break;
    if (byte !== ESC) continue;
    if (last + 1 >= end) return isLast ? { kind: 'style', end: from } : 'more';
    return { kind: 'carrier', end: bytes[last + 1] === BACKSLASH ? last + 2 : last, text };
  }
  if (limit < end || isLast || bytes.subarray(from, limit).includes(LF)) return { kind: 'style', end: from };
  return 'more';
}

/** An 8-bit control. @param from the byte after it */
function controlAt(
  bytes: Uint8Array,
  at: number,
  from: number,
  control: number,
  end: number,
  isLast: boolean,
): Mark | 'more' | undefined {
  if (control === CSI) return parametersAt(bytes, at, from, end, isLast);
  return isCarrier(control) ? carrierAt(bytes, at, from, end, isLast) : undefined;
}

/** Whether a byte continues a multi-byte character. */
function isInCharacter(bytes: Uint8Array, at: number): boolean {
  const before = (distance: number): number => bytes[at - distance] ?? 0;
  const continuesCharacter = (byte: number): boolean => byte >= 0x80 && byte < 0xc0;
  if (before(1) >= 0xc2) return before(1) < 0xf5;
  if (!continuesCharacter(before(1))) return false;
  if (before(2) >= 0xe0) return before(2) < 0xf5;
  return continuesCharacter(before(2)) && before(3) >= 0xf0 && before(3) < 0xf5;
}

/** Characters without width: soft hyphen, combining marks, joiners and non-joiners, directions, variation selectors, tags. */
function characterAt(bytes: Uint8Array, at: number, end: number, isLast: boolean): Mark | 'more' | undefined {
  const length = bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4;
  if (at + length > end) {
    if (isLast) return undefined;
    for (let next = at + 1; next < end; next++) if ((bytes[next]! & 0xc0) !== 0x80) return undefined;
    return 'more';
  }
  const second = bytes[at + 1]!;
  const third = bytes[at + 2] ?? 0;
  if (bytes[at] === 0xc2 && second >= 0x80 && second < 0xa0) {
    // The others are invisible.
    return controlAt(bytes, at, at + 2, second, end, isLast) ?? { kind: 'hidden', end: at + 2 };
  }
  return isWidthless(bytes[at]!, second, third) ? { kind: 'hidden', end: at + length } : undefined;
}

function isWidthless(first: number, second: number, third: number): boolean {
  if (first === 0xc2) return second === 0xad;
  if (first === 0xcc) return second >= 0x80 && second < 0xc0;
  if (first === 0xcd) return second >= 0x80 && second < 0xb0;
  if (first === 0xd8) return second === 0x9c;
  // Hangul fillers have a width, but are blank: U+115F, U+1160, U+3164, U+FFA0.
  if (first === 0xe1)
    return second === 0xa0 ? third >= 0x8b && third <= 0x8f : second === 0x85 && (third === 0x9f || third === 0xa0);
  if (first === 0xe3) return second === 0x85 && third === 0xa4;
  if (first === 0xe2)
    return second === 0x80
      ? (third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae)
      : second === 0x81 && third >= 0xa0 && third <= 0xaf;
  if (first === 0xef)
    return second === 0xbb
      ? third === 0xbf
      : second === 0xbe
        ? third === 0xa0
        : second === 0xb8 && ((third >= 0x80 && third <= 0x8f) || (third >= 0xa0 && third <= 0xaf));
  return first === 0xf3 && second === 0xa0 && third >= 0x80 && third <= 0x87;
}

/** `section_start:TIME:`, even directly after a word. */
const SECTION = /^section_(?:start|end):\d{1,19}:/;
const SECTION_MAX = 34;
const isBeginningOfSection = (text: string): boolean =>
  ['section_start:', 'section_end:'].some((word) => word.startsWith(text)) ||
  /^section_(?:start|end):\d{0,19}$/.test(text);

function mayBeSection(bytes: Uint8Array, at: number, end: number): boolean {
  return (at + 1 >= end || bytes[at + 1] === 0x65) && (at + 7 >= end || bytes[at + 7] === 0x5f);
}

function sectionAt(bytes: Uint8Array, at: number, end: number, isLast: boolean): Mark | 'more' | undefined {
  if (!mayBeSection(bytes, at, end)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(end - at, SECTION_MAX)).toString('latin1');
  if (SECTION.test(text)) return { kind: 'break', end: at + 'section_'.length };
  return !isLast && isBeginningOfSection(text) ? 'more' : undefined;
}

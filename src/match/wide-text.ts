/**
 * UTF-16 text (Windows tools write it): what its lines and columns are, and what of it can be shown. Tokens are found
 * in it as in any encoded text (`encodings/utf16.ts`).
 */

import type { Span } from '../model/region.ts';
import type { Place } from './position.ts';

export interface WideText {
  readonly encoding: 'utf-16le' | 'utf-16be';
  /** Bytes of the byte order mark. */
  readonly skip: 0 | 2;
}

/** How much of the beginning tells. */
const SAMPLE = 4096;
const ENOUGH_UNITS = 8;
const QUESTION = 0x3f;
const LF = 0x0a;

/**
 * Whether the first `length` bytes begin a UTF-16 text: by its mark and a NUL for one high byte at least, or by a NUL in
 * every other byte.
 */
export function detectWideText(bytes: Uint8Array, length: number): WideText | undefined {
  const hasMark = length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  // Most files are neither, and need no counting.
  if (!hasMark && (length < 2 * ENOUGH_UNITS || !bytes.subarray(0, 2 * ENOUGH_UNITS).includes(0))) return undefined;
  const end = Math.min(length, SAMPLE) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < end; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  if (hasMark) {
    if (bytes[0] === 0xff && odd > even) return { encoding: 'utf-16le', skip: 2 };
    return bytes[0] === 0xfe && even > odd ? { encoding: 'utf-16be', skip: 2 } : undefined;
  }
  const [many, few] = [0.35 * end, 0.025 * end];
  if (odd >= many && even <= few) return { encoding: 'utf-16le', skip: 0 };
  if (even >= many && odd <= few) return { encoding: 'utf-16be', skip: 0 };
  return undefined;
}

/** As `advance` in `position.ts`, by units. All offsets are even, but those of text that is not UTF-16 after all. */
export function advanceWide(bytes: Uint8Array, base: number, from: Place, to: number, wide: WideText): Place {
  let { line, column } = from;
  const low = wide.encoding === 'utf-16le' ? 0 : 1;
  for (let unit = from.offset & ~1; unit + 1 < to; unit += 2) {
    if (unit < from.offset) continue;
    if (bytes[unit - base + low] === LF && bytes[unit - base + 1 - low] === 0) {
      line++;
      column = 1;
    } else if (unit > 0 || wide.skip === 0) column++;
  }
  return { offset: to, line, column };
}

/** What stands around a candidate, one byte for each unit: every unit that is not ASCII is a question mark. */
export interface Narrowed {
  readonly bytes: Uint8Array;
  readonly filled: number;
  readonly own: Span;
  readonly masks: readonly Span[];
}

/**
 * @param from where the text begins in `bytes`: after its mark
 * @param reach bytes of the narrowed text on either side
 */
export function narrow(
  bytes: Uint8Array,
  from: number,
  filled: number,
  own: Span,
  masks: readonly Span[],
  { encoding }: WideText,
  reach: number,
): Narrowed {
  const low = encoding === 'utf-16le' ? 0 : 1;
  const first = Math.max(from, (own.start & ~1) - 2 * reach);
  const last = Math.min(filled & ~1, own.end + 2 * reach);
  const text = new Uint8Array((last - first) >> 1);
  for (let at = 0; at < text.length; at++) {
    const byte = bytes[first + 2 * at + low]!;
    text[at] = bytes[first + 2 * at + 1 - low] === 0 && byte < 0x80 && byte > 0 ? byte : QUESTION;
  }
  const unitOf = (offset: number): number => Math.min(Math.max((offset - first) >> 1, 0), text.length);
  const toUnits = ({ start, end }: Span): Span => ({ start: unitOf(start), end: unitOf(end + 1) });
  return {
    bytes: text,
    filled: text.length,
    own: toUnits(own),
    masks: masks.map(toUnits).filter(({ start, end }) => start < end),
  };
}

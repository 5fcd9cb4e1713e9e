/**
 * UTF-16 and UTF-32 text, which Windows tools write: its lines and columns, and the part of it that can be shown. Tokens
 * are found in it as in any encoded text (`encodings/wide.ts`).
 */

import type { Span } from '../../model/region.ts';
import type { Place } from '../context/position.ts';
import { LF } from '../../lib/bytes.ts';

export type WideEncoding = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

export interface WideText {
  readonly encoding: WideEncoding;
  /** Bytes of the byte order mark. */
  readonly skip: 0 | 2 | 4;
  /** Whether it begins with a mark, or with an ASCII character. */
  readonly isSure: boolean;
}

interface Unit {
  readonly size: 2 | 4;
  /** The index of the low byte in a unit. */
  readonly low: number;
}

const UNITS: Readonly<Record<WideEncoding, Unit>> = {
  'utf-16le': { size: 2, low: 0 },
  'utf-16be': { size: 2, low: 1 },
  'utf-32le': { size: 4, low: 0 },
  'utf-32be': { size: 4, low: 3 },
};

export const unitOf = (encoding: WideEncoding): Unit => UNITS[encoding];

/** Bytes at the beginning that decide. */
const SAMPLE = 4096;
const ENOUGH_UNITS = 8;
const QUESTION = 0x3f;

/**
 * Detects UTF-16 and UTF-32 by the first `length` bytes: by a mark and at least one NUL for a high byte, or by NULs in the
 * places of most high bytes.
 */
export function detectWideText(bytes: Uint8Array, length: number): WideText | undefined {
  const hasMark = length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  // Most files are neither: for them nothing is counted.
  if (!hasMark && (length < 2 * ENOUGH_UNITS || !bytes.subarray(0, 2 * ENOUGH_UNITS).includes(0))) return undefined;
  const end = Math.min(length, SAMPLE) & ~3;
  const zeros = [0, 0, 0, 0] as [number, number, number, number];
  for (let at = 0; at < end; at++) if (bytes[at] === 0) zeros[at & 3]!++;
  const found = encodingOf32(bytes, end / 4, zeros) ?? encodingOf16(bytes, end, hasMark, zeros);
  if (found === undefined) return undefined;
  const [encoding, skip] = found;
  const first = codeAt(bytes, 0, UNITS[encoding]);
  return { encoding, skip, isSure: skip > 0 || (first > 0 && first < 0x80) };
}

type Known = readonly [encoding: WideEncoding, skip: WideText['skip']];

type Zeros = readonly [number, number, number, number];

function encodingOf16(bytes: Uint8Array, end: number, hasMark: boolean, zeros: Zeros): Known | undefined {
  const [even, odd] = [zeros[0] + zeros[2], zeros[1] + zeros[3]];
  if (hasMark) {
    if (bytes[0] === 0xff && odd > even) return ['utf-16le', 2];
    return bytes[0] === 0xfe && even > odd ? ['utf-16be', 2] : undefined;
  }
  const [many, few] = [0.35 * end, 0.025 * end];
  if (odd >= many && even <= few) return ['utf-16le', 0];
  if (even >= many && odd <= few) return ['utf-16be', 0];
  return undefined;
}

/** The highest byte of a character is zero, and the next one is below 17. */
function encodingOf32(bytes: Uint8Array, units: number, [a, b, c, d]: Zeros): Known | undefined {
  if (units < 2) return undefined;
  const startsWith = (...mark: number[]): boolean => mark.every((byte, at) => bytes[at] === byte);
  if (startsWith(0xff, 0xfe, 0, 0) && d === units) return ['utf-32le', 4];
  if (startsWith(0, 0, 0xfe, 0xff) && a === units) return ['utf-32be', 4];
  if (units < ENOUGH_UNITS) return undefined;
  const [many, few] = [0.7 * units, 0.05 * units];
  if (d === units && c >= many && b >= many && a <= few) return ['utf-32le', 0];
  if (a === units && b >= many && c >= many && d <= few) return ['utf-32be', 0];
  return undefined;
}

/** The character of a unit if it is ASCII; else any number above 0x7f. */
function codeAt(bytes: Uint8Array, unit: number, { size, low }: Unit): number {
  let code = bytes[unit + low]!;
  for (let at = 0; at < size; at++) if (at !== low && bytes[unit + at] !== 0) code |= 0x100;
  return code;
}

/** The offset of the unit that contains an offset of the artifact. */
export const unitStart = (offset: number, { encoding }: WideText): number => offset - (offset % UNITS[encoding].size);

/** As `advance` in `position.ts`, in units. Offsets begin a unit, except in text that turned out not to be wide. */
export function advanceWide(bytes: Uint8Array, base: number, from: Place, to: number, wide: WideText): Place {
  let { line, column } = from;
  const own = UNITS[wide.encoding];
  const { size, low } = own;
  /** A character beyond the first 65 536 is two units of UTF-16; this byte of its UTF-32 shows it. */
  const plane = size === 4 ? (low === 0 ? 2 : 1) : undefined;
  for (let unit = unitStart(from.offset, wide); unit + size - 1 < to; unit += size) {
    if (unit < from.offset) continue;
    if (codeAt(bytes, unit - base, own) === LF) {
      line++;
      column = 1;
    } else if (unit > 0 || wide.skip === 0) column += plane !== undefined && bytes[unit - base + plane] !== 0 ? 2 : 1;
  }
  return { offset: to, line, column };
}

/** The text around a candidate with one byte for each unit; a unit that is not ASCII becomes a question mark. */
export interface Narrowed {
  readonly bytes: Uint8Array;
  readonly filled: number;
  readonly own: Span;
  readonly masks: readonly Span[];
}

/**
 * @param from the start of the text in `bytes`, after its mark
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
  const unit = UNITS[encoding];
  const { size } = unit;
  const first = Math.max(from, own.start - (own.start % size) - size * reach);
  const last = Math.min(filled - (filled % size), own.end + size * reach);
  const text = new Uint8Array(Math.max(0, Math.floor((last - first) / size)));
  for (let at = 0; at < text.length; at++) {
    const code = codeAt(bytes, first + size * at, unit);
    text[at] = code < 0x80 && code > 0 ? code : QUESTION;
  }
  const unitAt = (offset: number): number => Math.min(Math.max(Math.floor((offset - first) / size), 0), text.length);
  const toUnits = ({ start, end }: Span): Span => ({ start: unitAt(start), end: unitAt(end + size - 1) });
  return {
    bytes: text,
    filled: text.length,
    own: toUnits(own),
    masks: masks.map(toUnits).filter(({ start, end }) => start < end),
  };
}

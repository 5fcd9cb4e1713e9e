/**
 * Encoded text that was broken into lines: base64 at 64 or 76 columns, YAML block scalars, hex dumps. A line may continue
 * the one before it if that is full, and if the line contains nothing but encoded text. But it may also be another value
 * on a line of its own. So each line is read in three ways: alone, as a part of its block, and with all lines around it.
 */

import { WITHIN } from './decoded-run.ts';
import { hashOfFour, type Text } from './encoding.ts';
import { CR, EQUALS, LF, SPACE, TAB } from '../../lib/bytes.ts';

/** A line with fewer characters of encoded text is not full. */
const FULL = 32;
/** Lines of broken text are not longer. */
export const LINE_MAX = 4096;

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB || byte === CR;

/** The place where the text of a line that ends at `at` continues; undefined if it ends there. @param is 1 for the characters of encoded text */
export function nextLine({ bytes, filled }: Text, at: number, is: Uint8Array): number | undefined {
  let next = afterBlanks(at, bytes, filled);
  if (next >= filled || bytes[next] !== LF) return undefined;
  if (!isFull(bytes, at, is)) return undefined;
  next = afterBlanks(next + 1, bytes, filled);
  let end = next;
  while (end < filled && end < next + LINE_MAX && is[bytes[end]!] === 1) end++;
  if (end === next) return undefined;
  const last = Math.min(filled, end + LINE_MAX);
  while (end < last && (bytes[end] === 0x3d || isBlank(bytes[end]))) end++;
  // A quote, a bracket or a comma may follow the last line.
  return end >= filled || bytes[end] === LF || !isWord(bytes[end]!) ? next : undefined;
}

/** The end of the line that the text at `at` continues; undefined if that is the first line. */
export function lineBefore(text: Text, at: number, is: Uint8Array): number | undefined {
  const { bytes } = text;
  let before = beforeBlanks(at, bytes);
  if (before === 0 || bytes[before - 1] !== LF) return undefined;
  before = beforeBlanks(before - 1, bytes);
  return before > 0 && nextLine(text, before, is) === at ? before : undefined;
}

/** What may be crossed from one line of encoded text to the next. @param is 1 for the characters of encoded text */
export function crossedByLines(is: Uint8Array): Uint8Array {
  const crossed = Uint8Array.from(is);
  for (const byte of [SPACE, TAB, CR, LF, EQUALS]) crossed[byte] = 1;
  return crossed;
}

/** How runs are joined: finds the next run and the one before, as {@link nextLine} and {@link lineBefore} do. */
export interface Joints {
  next(text: Text, at: number, is: Uint8Array): number | undefined;
  before(text: Text, at: number, is: Uint8Array): number | undefined;
}
const FULL_LINES: Joints = { next: nextLine, before: lineBefore };

/**
 * The lines that are read as one value. `none`: each line alone. `block`: lines of the same width, and a shorter one after
 * them. `all`: all lines that may belong together.
 */
export type Joining = 'none' | 'block' | 'all';
export const JOININGS: readonly Joining[] = ['none', 'block', 'all'];

/** Steps from line to line, and remembers whether a simpler joining would have taken the same steps. */
export class LineSteps {
  readonly #text: Text;
  readonly #is: Uint8Array;
  readonly #joining: Joining;
  readonly #anchor: number;
  readonly #joints: Joints;
  /** Characters of a line of the block. */
  #width: number | undefined;
  #joined = false;
  #parted = false;
  #isOther = false;

  /** @param anchor a place in the first line; the others are reached from it */
  constructor(text: Text, is: Uint8Array, joining: Joining, anchor: number, joints = FULL_LINES) {
    this.#joints = joints;
    this.#anchor = anchor;
    this.#text = text;
    this.#is = is;
    this.#joining = joining;
  }

  /** As {@link nextLine}. */
  next(at: number): number | undefined {
    if (this.#joining === 'none') return undefined;
    const next = this.#joints.next(this.#text, at, this.#is);
    return next !== undefined && this.#joins(at, next) ? next : undefined;
  }

  /** As {@link lineBefore}. */
  before(at: number): number | undefined {
    if (this.#joining === 'none') return undefined;
    const end = this.#joints.before(this.#text, at, this.#is);
    return end !== undefined && this.#joins(end, at) ? end : undefined;
  }

  /** Whether a simpler joining reads the same text. */
  get isRedundant(): boolean {
    if (this.#joining === 'none') return false;
    return !this.#joined || (this.#joining === 'block' && !this.#parted);
  }

  #joins(end: number, next: number): boolean {
    if (this.#joining === 'block' && this.#endsBlock(end, next)) {
      this.#parted = true;
      return false;
    }
    this.#joined = true;
    const text = this.#text;
    const line = next <= this.#anchor ? startOf(text, end, this.#is) : next;
    this.#isOther = this.#joining === 'block' && endOf(text, line, this.#is) - line !== this.#width;
    return true;
  }

  /** Returns to the line of the anchor. */
  turn(): void {
    this.#isOther = false;
  }

  /** The style of the characters in the current line: a shorter line may be the first of another block. */
  get style(): number {
    return this.#isOther ? WITHIN : 0;
  }

  /** Whether a block ends with the line that ends at `end`, although the line at `next` may continue the text. */
  #endsBlock(end: number, next: number): boolean {
    const is = this.#is;
    const text = this.#text;
    this.#width ??= endOf(text, this.#anchor, is) - startOf(text, this.#anchor, is);
    if (next <= this.#anchor) {
      const start = startOf(text, end, is);
      // The first line may have something before it.
      return (
        end - start !== this.#width && (end - start > this.#width || this.#joints.before(text, start, is) !== undefined)
      );
    }
    return end - startOf(text, end, is) !== this.#width || endOf(text, next, is) - next > this.#width;
  }
}

/** The start of the run that ends at a place. */
export function startOf({ bytes }: Text, end: number, is: Uint8Array): number {
  const floor = Math.max(0, end - LINE_MAX);
  let at = end;
  while (at > floor && is[bytes[at - 1]!] === 1) at--;
  return at;
}

/** The end of the run that contains a place. */
export function endOf({ bytes, filled }: Text, start: number, is: Uint8Array): number {
  const limit = Math.min(filled, start + LINE_MAX);
  let at = start;
  while (at < limit && is[bytes[at]!] === 1) at++;
  return at;
}

/** Whether runs of encoded text may continue on another line. Fast for ascending places. */
export class BrokenRuns {
  readonly #is: Uint8Array;
  readonly #joints: Joints;
  #start = 0;
  #end = 0;
  #filled = 0;
  #isBroken = false;

  constructor(is: Uint8Array, joints = FULL_LINES) {
    this.#is = is;
    this.#joints = joints;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#end = 0;
  }

  /** Whether the run around a place may continue another line, or may be continued. */
  isBroken(text: Text, position: number): boolean {
    if (position < this.#start || position >= this.#end || this.#filled !== text.filled) {
      this.#filled = text.filled;
      this.#start = startOf(text, position, this.#is);
      this.#end = endOf(text, position, this.#is);
      this.#isBroken =
        this.#joints.next(text, this.#end, this.#is) !== undefined ||
        this.#joints.before(text, this.#start, this.#is) !== undefined;
    }
    return this.#isBroken;
  }
}

/** Skips an indent, which is not longer than a line. */
function afterBlanks(at: number, bytes: Uint8Array, filled: number): number {
  const end = Math.min(filled, at + LINE_MAX);
  let next = at;
  while (next < end && isBlank(bytes[next])) next++;
  return next;
}

function beforeBlanks(at: number, bytes: Uint8Array): number {
  const start = Math.max(0, at - LINE_MAX);
  let before = at;
  while (before > start && isBlank(bytes[before - 1])) before--;
  return before;
}

function isFull(bytes: Uint8Array, end: number, is: Uint8Array): boolean {
  for (let at = end - 1; at >= end - FULL; at--) if (at < 0 || is[bytes[at]!] !== 1) return false;
  return true;
}

/** Letters, digits, and punctuation that occurs within ordinary text. */
function isWord(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x3a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2e ||
    byte === 0x28 ||
    byte >= 0x80
  );
}

const NO_PIECES: readonly CutPiece[] = [];

/** A text that a line break cuts in two, and where it begins. */
export interface CutPiece {
  readonly piece: string;
  readonly start: number;
}

export interface PieceLengths {
  /** At least 4. */
  readonly shortest: number;
  readonly longest: number;
  /** As in `NeedleFacts`. */
  readonly beginnings: Uint8Array;
}

/** The pieces of `shortest` to `longest` characters that the line feed at `position` cuts in two, and that may be needles. */
export function cutPieces(
  text: Text,
  position: number,
  is: Uint8Array,
  { shortest, longest, beginnings }: PieceLengths,
): readonly CutPiece[] {
  const { bytes, filled } = text;
  const end = position - (bytes[position - 1] === CR ? 1 : 0);
  // A line that is continued is full, and so longer than a piece.
  const most = longest - 1;
  const first = afterBlanks(position + 1, bytes, filled);
  if (!mayCut(bytes, end, first, most, beginnings)) return NO_PIECES;
  const next = nextLine(text, end, is);
  if (next === undefined) return NO_PIECES;
  let after = next;
  while (after < Math.min(filled, next + most) && is[bytes[after]!] === 1) after++;
  const around = text.latin1(end - most, end) + text.latin1(next, after);
  const pieces: CutPiece[] = [];
  for (let index = 0; index < most; index++)
    for (let to = Math.max(index + shortest, most + 1); to <= Math.min(index + longest, around.length); to++)
      pieces.push({ piece: around.slice(index, to), start: end - most + index });
  return pieces;
}

/** Whether a needle may begin less than `most` bytes before `end`, and continue at `next`: most line feeds cut none. */
function mayCut(bytes: Uint8Array, end: number, next: number, most: number, beginnings: Uint8Array): boolean {
  for (let start = end - 1; start >= Math.max(0, end - most); start--) {
    let four = 0;
    for (let index = 3; index >= 0; index--) {
      const at = start + index;
      four = (four << 8) | (bytes[at < end ? at : next + at - end] ?? 0);
    }
    if (beginnings[hashOfFour(four)] === 1) return true;
  }
  return false;
}

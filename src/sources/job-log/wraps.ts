/**
 * Lines that a terminal has cut at its width. Nothing in a log says so: a line that is as wide as terminals are, or as
 * the widest so far, and ends within a word goes on in the next. The lines are looked at as they are, and joined.
 */

import { utf16Length } from '../../lib/text-position.ts';
import { Rendering } from './rendering.ts';

/** A line of a log as people see it: runs of bytes between escape sequences. */
export interface VisibleLine {
  readonly bytes: Uint8Array;
  /** Start, end and column of each run, one after the other. */
  readonly runs: readonly number[];
  /** Offset in the log of `bytes[0]`. */
  readonly base: number;
  readonly line: number;
}

const COMMON = new Set([72, 76, 80, 96, 100, 120, 132, 140, 160, 180, 200, 240]);
const NARROWEST = 40;
/** A wider line was not made by a terminal. */
const WIDEST = 512;
const CR = 0x0d;
const SPACE = 0x20;
/** What stands in the middle of a word, as far as credentials go. */
const IN_WORD = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./+=%:~\\'))
  IN_WORD[byte] = 1;

export function isInWord(byte: number | undefined): boolean {
  return byte !== undefined && IN_WORD[byte] === 1;
}

export class Wraps {
  #chain: Rendering | undefined;
  #lines = 0;
  #widest = 0;
  #last = 0;

  /** Takes the next line; gives lines that were joined, when they end before it or with it. */
  take(visible: VisibleLine): Rendering | undefined {
    const { bytes, runs } = visible;
    const end = endOf(visible);
    if (end < 0) return this.end();
    let ended: Rendering | undefined;
    if (this.#chain !== undefined) {
      if (isInWord(bytes[runs[0]!])) this.#append(this.#chain, visible);
      else ended = this.end();
    }
    if (this.#isFull(visible, end)) {
      if (this.#chain === undefined) this.#append((this.#chain = new Rendering()), visible);
      return ended;
    }
    return ended ?? this.end();
  }

  /** Nothing more belongs to what was taken. */
  end(): Rendering | undefined {
    const chain = this.#lines > 1 ? this.#chain : undefined;
    this.#chain = undefined;
    this.#lines = 0;
    return chain;
  }

  #append(chain: Rendering, { bytes, runs, base, line }: VisibleLine): void {
    for (let run = 0; run < runs.length; run += 3) {
      const [start, end] = [runs[run]!, runs[run + 1]!];
      const isCut = run + 3 === runs.length && bytes[end - 1] === CR;
      chain.add(bytes, start, isCut ? end - 1 : end, base + start, line, runs[run + 2]!);
    }
    this.#lines++;
  }

  #isFull({ bytes, runs }: VisibleLine, end: number): boolean {
    let length = 0;
    for (let run = 0; run < runs.length; run += 3) length += Math.min(runs[run + 1]!, end) - runs[run]!;
    if (length < NARROWEST || length > 4 * WIDEST) return false;
    if (!isInWord(bytes[end - 1])) return false;
    let width = 0;
    for (let run = 0; run < runs.length; run += 3)
      width += utf16Length(bytes, runs[run]!, Math.min(runs[run + 1]!, end));
    if (width < NARROWEST || width > WIDEST) return false;
    const isFull = COMMON.has(width) || width >= this.#widest || width === this.#last;
    this.#widest = Math.max(width, this.#widest);
    this.#last = width;
    return isFull;
  }
}

/**
 * A shell that echoes what is typed goes on at the left edge with a blank and a carriage return: the line without them,
 * or nothing when there are none.
 */
export function withoutReturns({ bytes, runs, base, line }: VisibleLine): Rendering | undefined {
  const rendering = new Rendering();
  let cuts = 0;
  for (let run = 0; run < runs.length; run += 3) {
    const [first, end] = [runs[run]!, runs[run + 1]!];
    let start = first;
    let column = runs[run + 2]!;
    for (let at = first + 2; at + 1 < end; at++) {
      if (bytes[at] !== CR || bytes[at - 1] !== SPACE || !isInWord(bytes[at - 2]) || !isInWord(bytes[at + 1])) continue;
      rendering.add(bytes, start, at - 1, base + start, line, column);
      column += utf16Length(bytes, start, at + 1);
      start = at + 1;
      cuts++;
    }
    rendering.add(bytes, start, end, base + start, line, column);
  }
  return cuts === 0 ? undefined : rendering;
}

/** Where the visible line ends, without a carriage return; -1: there is nothing. */
function endOf({ bytes, runs }: VisibleLine): number {
  if (runs.length === 0) return -1;
  const end = runs[runs.length - 2]!;
  return bytes[end - 1] === CR ? (end - 1 > runs[runs.length - 3]! ? end - 1 : -1) : end;
}

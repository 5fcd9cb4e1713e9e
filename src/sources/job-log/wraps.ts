/**
 * Lines that a terminal or a program has cut at a width. Nothing in a log says so: a line that is as wide as terminals are, or
 * as the widest that its command has printed so far, and ends within a word goes on in the next. The lines are scanned as they
 * are, and joined.
 */

import { utf16Length } from '../../lib/text-position.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';

const COMMON = new Set([72, 76, 80, 96, 100, 120, 132, 140, 160, 180, 200, 240]);
const NARROWEST = 40;
/** A wider line was not made by a terminal. */
const WIDEST = 512;
const CR = 0x0d;
const SPACE = 0x20;
const DOLLAR = 0x24;
const PLUS = 0x2b;
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
    const { bytes, starts } = visible;
    const end = endOf(visible);
    if (end < 0) return this.end();
    if (isCommand(visible)) {
      // The runner and the shell print the command as long as it is: what it prints has a width of its own.
      this.#widest = 0;
      this.#last = 0;
      return this.end();
    }
    let ended: Rendering | undefined;
    if (this.#chain !== undefined) {
      if (isInWord(bytes[starts[0]!])) this.#append(this.#chain, visible);
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

  #append(chain: Rendering, { bytes, starts, ends, columns, count, base, line }: VisibleLine): void {
    for (let run = 0; run < count; run++) {
      const start = starts[run]!;
      const isCut = run + 1 === count && bytes[ends[run]! - 1] === CR;
      chain.add(bytes, start, isCut ? ends[run]! - 1 : ends[run]!, base + start, line, columns[run]!);
    }
    this.#lines++;
  }

  #isFull({ bytes, starts, ends, count }: VisibleLine, end: number): boolean {
    let length = 0;
    for (let run = 0; run < count; run++) length += Math.min(ends[run]!, end) - starts[run]!;
    if (length < NARROWEST || length > 4 * WIDEST) return false;
    if (!isInWord(bytes[end - 1])) return false;
    let width = 0;
    for (let run = 0; run < count; run++) width += utf16Length(bytes, starts[run]!, Math.min(ends[run]!, end));
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
export function withoutReturns({
  bytes,
  starts,
  ends,
  columns,
  count,
  base,
  line,
}: VisibleLine): Rendering | undefined {
  const rendering = new Rendering();
  let cuts = 0;
  for (let run = 0; run < count; run++) {
    const end = ends[run]!;
    let start = starts[run]!;
    let column = columns[run]!;
    for (let at = start + 2; at + 1 < end; at++) {
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

/** Whether a line is the command that is run: `$ make` by the runner, `+ make` by a shell that traces. */
function isCommand({ bytes, starts }: VisibleLine): boolean {
  const first = bytes[starts[0]!];
  return (first === DOLLAR || first === PLUS) && bytes[starts[0]! + 1] === SPACE;
}

/** Where the visible line ends, without a carriage return; -1: there is nothing. */
function endOf({ bytes, starts, ends, count }: VisibleLine): number {
  if (count === 0) return -1;
  const end = ends[count - 1]!;
  return bytes[end - 1] === CR ? (end - 1 > starts[count - 1]! ? end - 1 : -1) : end;
}

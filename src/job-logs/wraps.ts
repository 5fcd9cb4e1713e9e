/**
 * Joins lines that a terminal or a program has cut at a width. Nothing in a log marks them. So the lines are scanned as
 * they are, and joined, too, in two ways:
 * - surely, if a line ends within a word, and is as wide as a terminal, or as the widest line of its command so far;
 * - as a guess, if lines of the same width, and a shorter last one, are cut within words, and the parts of a word
 *   together are as long as a credential.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { utf16Length } from '../lib/text-position.ts';
import type { LogPlaces } from './log-places.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';
import { CR, PLUS, SPACE } from '../lib/bytes.ts';

/** What terminals have most often. */
export const COMMON_WIDTHS_OF_TERMINALS: ReadonlySet<number> = new Set([
  72, 76, 80, 96, 100, 120, 132, 140, 160, 180, 200, 240,
]);
const NARROWEST = 40;
/** The narrowest lines that are joined as a guess. No credential is shorter, and neither is a word worth joining. */
const NARROWEST_GUESS = 20;
const SHORTEST_WORD = 20;
/** Terminals are not wider. */
const WIDEST = 512;
/** Longer joined lines are given in parts. The overlap is larger than a credential, so one of the parts has it whole. */
const LONG = 14 * 1024;
const OVERLAP = 8 * 1024;
const DOLLAR = 0x24;
/** The first byte of a character that is two units of UTF-16. */
const ASTRAL = 0xf0;
/** The width of a text in bytes, in units of UTF-16 and in characters: programs count differently. */
type Widths = readonly [bytes: number, units: number, characters: number];

/** The widths of wide lines of a command: of the widest and of the last one. */
export interface Widest {
  readonly ever: number;
  readonly last: number;
}

/** A line; its widths are measured when they are first needed. */
class Line {
  readonly visible: VisibleLine;
  readonly places: LogPlaces;
  /** Visible bytes. */
  readonly length: number;
  readonly beginsInWord: boolean;
  readonly endsInWord: boolean;
  readonly #last: number;
  #widths: Widths | undefined;

  /** @param last the end of its visible text */
  constructor(visible: VisibleLine, last: number, places: LogPlaces) {
    const { bytes, starts, ends, count } = visible;
    this.visible = visible;
    this.places = places;
    this.#last = last;
    let length = last - starts[count - 1]!;
    for (let run = 0; run + 1 < count; run++) length += ends[run]! - starts[run]!;
    this.length = length;
    this.beginsInWord = isInWord(bytes[starts[0]!]);
    this.endsInWord = isInWord(bytes[last - 1]);
  }

  get widths(): Widths {
    return (this.#widths ??= this.#measure());
  }

  #measure(): Widths {
    // A longer line was not cut.
    if (this.length > 4 * WIDEST) return [this.length, this.length, this.length];
    const { bytes, starts, ends, count } = this.visible;
    let widths: Widths = [0, 0, 0];
    for (let run = 0; run < count; run++)
      widths = sum(widths, widthsOf(bytes, starts[run]!, run + 1 === count ? this.#last : ends[run]!));
    return widths;
  }
}

export class Wraps {
  readonly #sure: Chain;
  readonly #guessed: Chain;
  #widest = 0;
  #last = 0;
  /**
   * The widths of the lines that are joined as a guess: 0 where they differ. Undefined for a single line, which is not
   * measured yet.
   */
  #widths: Widths | undefined;
  /** Length of the word at the end of the last of them. */
  #word = 0;
  /** Whether two of them are not joined surely. */
  #isGuess = false;

  /** @param onJoined gets joined lines, once no other line belongs to them */
  constructor(onJoined: (joined: Rendering) => void) {
    this.#sure = new Chain(onJoined);
    this.#guessed = new Chain((joined) => {
      // Otherwise the same lines are joined surely.
      if (!this.#isGuess) return;
      joined.isGuess = true;
      onJoined(joined);
    });
  }

  /** Adds the next line. @param places have its time and section */
  addLine(visible: VisibleLine, places: LogPlaces): void {
    const end = endOf(visible);
    if (end < 0) this.end();
    else if (isCommand(visible)) {
      // The runner and the shell do not wrap the command itself, and its output has a width of its own.
      this.#widest = 0;
      this.#last = 0;
      this.end();
    } else {
      const line = new Line(visible, end, places);
      const isSure = this.#sure.length > 0 && line.beginsInWord;
      this.#joinSurely(line);
      this.#joinAsGuess(line, isSure);
    }
  }

  /** To be called when no other line belongs to the last ones. */
  end(): void {
    this.#sure.end();
    this.#endGuess();
  }

  /** Whether the last line may be joined with the next; `many`: lines were joined already, so their end is not nothing. */
  get pending(): 'none' | 'one' | 'many' {
    const lines = Math.max(this.#sure.length, this.#guessed.length);
    return lines === 0 ? 'none' : lines === 1 ? 'one' : 'many';
  }

  get widest(): Widest {
    return { ever: this.#widest, last: this.#last };
  }

  /** To be called when lines followed that are joined with no other, instead of adding them. Lines are not `many`. */
  skipLines({ ever, last }: Widest): void {
    this.end();
    this.#widest = ever;
    this.#last = last;
  }

  #joinSurely(line: Line): void {
    if (this.#sure.length > 0) {
      if (line.beginsInWord) this.#sure.append(line);
      else this.#sure.end();
    }
    if (!this.#isFull(line)) this.#sure.end();
    else if (this.#sure.length === 0) this.#sure.append(line);
  }

  /** @param isSure whether the line is surely joined to the one before it */
  #joinAsGuess(line: Line, isSure: boolean): void {
    if (this.#guessed.length > 0) {
      const widths = line.beginsInWord ? this.#widthsWith(line) : undefined;
      if (widths !== undefined) {
        this.#isGuess ||= !isSure;
        this.#guessed.append(line);
        this.#widths = widths;
        this.#word = wordAtEnd(line.visible);
        if (line.endsInWord && widths.some((width) => width > 0)) return;
      }
      this.#endGuess();
    }
    if (!line.endsInWord || line.length < NARROWEST_GUESS || line.length > 4 * WIDEST) return;
    this.#guessed.append(line);
    this.#widths = undefined;
    this.#word = wordAtEnd(line.visible);
  }

  #endGuess(): void {
    this.#guessed.end();
    this.#isGuess = false;
  }

  /** The widths that a line shares with the ones before it; undefined if it cannot belong to them. */
  #widthsWith(line: Line): Widths | undefined {
    if (this.#word + wordAtStart(line.visible) < SHORTEST_WORD) return undefined;
    const { bytes } = this.#guessed;
    const before = this.#widths ?? widthsOf(bytes, 0, bytes.length);
    if (before[1] > WIDEST || !line.widths.some((width, at) => width <= before[at]!)) return undefined;
    return before.map((width, at) => (width === line.widths[at] ? width : 0)) as [number, number, number];
  }

  #isFull(line: Line): boolean {
    if (!line.endsInWord || line.length < NARROWEST) return false;
    const [, width] = line.widths;
    if (width < NARROWEST || width > WIDEST) return false;
    const isFull = COMMON_WIDTHS_OF_TERMINALS.has(width) || width >= this.#widest || width === this.#last;
    this.#widest = Math.max(width, this.#widest);
    this.#last = width;
    return isFull;
  }
}

/** Joins lines one by one. */
class Chain {
  readonly #onJoined: (joined: Rendering) => void;
  #rendering = new Rendering();
  #lines = 0;

  /** @param onJoined gets the joined lines at their end, and parts of them that are long enough */
  constructor(onJoined: (joined: Rendering) => void) {
    this.#onJoined = onJoined;
  }

  /** Number of lines. */
  get length(): number {
    return this.#lines;
  }

  get bytes(): Uint8Array {
    return this.#rendering.bytes;
  }

  append({ visible: { bytes, starts, ends, columns, count, base, line }, places }: Line): void {
    if (this.#rendering.length > LONG) {
      const long = this.#rendering;
      this.#rendering = long.tail(OVERLAP);
      this.#onJoined(long);
    }
    const { stamp } = places;
    for (let run = 0; run < count; run++) {
      const start = starts[run]!;
      const isCut = run + 1 === count && bytes[ends[run]! - 1] === CR;
      const end = isCut ? ends[run]! - 1 : ends[run]!;
      this.#rendering.add(bytes, start, end, base + start, line, columns[run]!, stamp);
    }
    this.#lines++;
  }

  /** Gives the joined lines, and begins again. */
  end(): void {
    const isJoined = this.#lines > 1;
    this.#lines = 0;
    if (!isJoined) this.#rendering.clear();
    else {
      const joined = this.#rendering;
      this.#rendering = new Rendering();
      this.#onJoined(joined);
    }
  }
}

function widthsOf(bytes: Uint8Array, start: number, end: number): Widths {
  const length = end - start;
  const units = utf16Length(bytes, start, end);
  let astral = 0;
  if (units < length) for (let at = start; at < end; at++) if (bytes[at]! >= ASTRAL) astral++;
  return [length, units, units - astral];
}

function sum([a, b, c]: Widths, [d, e, f]: Widths): Widths {
  return [a + d, b + e, c + f];
}

/** Whether a line is a command: `$ make` as the runner prints it, `+ make` as a tracing shell does. */
function isCommand({ bytes, starts }: VisibleLine): boolean {
  const first = bytes[starts[0]!];
  return (first === DOLLAR || first === PLUS) && bytes[starts[0]! + 1] === SPACE;
}

/** The end of the visible line, without a carriage return; -1 if it is empty. */
function endOf({ bytes, starts, ends, count }: VisibleLine): number {
  if (count === 0) return -1;
  const end = ends[count - 1]!;
  return bytes[end - 1] === CR ? (end - 1 > starts[count - 1]! ? end - 1 : -1) : end;
}

/** How many characters of a word are at the end of a line; at most SHORTEST_WORD are counted. */
function wordAtEnd(visible: VisibleLine): number {
  const { bytes, starts, ends, count } = visible;
  let length = 0;
  for (let run = count - 1; run >= 0; run--) {
    for (let at = Math.min(ends[run]!, endOf(visible)) - 1; at >= starts[run]!; at--, length++)
      if (length === SHORTEST_WORD || !isInWord(bytes[at])) return length;
  }
  return length;
}

/** The same at its beginning. */
function wordAtStart({ bytes, starts, ends, count }: VisibleLine): number {
  let length = 0;
  for (let run = 0; run < count; run++) {
    for (let at = starts[run]!; at < ends[run]!; at++, length++)
      if (length === SHORTEST_WORD || !isInWord(bytes[at])) return length;
  }
  return length;
}

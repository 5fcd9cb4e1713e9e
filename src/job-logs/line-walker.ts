/**
 * Walks the lines of a long log, most of which are simple, in WebAssembly (`assembly/walk.ts`). It does what the log
 * reader does for each of them, and leaves the others to it.
 *
 *     | tables | bytes of the log | text | places of its parts |
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { walk } from '../generated/walk.ts';
import {
  COMMON_WIDTHS,
  END,
  FIRST_STREAM,
  IN_WORD,
  IS_AT_END,
  IS_CONTINUED,
  IS_GITHUB,
  IS_OPEN,
  JOINED,
  JOINED_COST,
  JOINED_END,
  JOINED_PARTS,
  JOINED_PARTS_END,
  JOINED_ROOM,
  LAST_LINES,
  LAST_PARTS,
  LAST_PARTS_END,
  LAST_RETURNS,
  LAST_SIZE,
  LAST_TEXT,
  LAST_TEXT_END,
  LAST_WIDTH,
  LEFT,
  LEFT_END,
  LINES,
  PARTS,
  PARTS_END,
  RAW,
  RAW_MAX,
  RAW_OFFSET,
  SECTION,
  STREAM,
  TEXT,
  TEXT_END,
  TEXT_OFFSET,
  WIDEST,
} from './assembly/memory.ts';
import type { JoinedLines } from './joined-text.ts';
import { COMMON_WIDTHS_OF_TERMINALS, type Widest } from './wraps.ts';

interface Exports {
  readonly walk: (from: number, end: number) => number;
  readonly findPair: (pair: number, start: number, end: number) => number;
}

const PAGE = 65_536;

/** Where the lines begin. */
export interface LinesStart {
  /** Index in the bytes, and the end of those that are there. */
  readonly at: number;
  readonly end: number;
  /** Offset in the log of the first byte, and in its text of the next one. */
  readonly base: number;
  readonly textOffset: number;
  /** Lines before them. */
  readonly lines: number;
  /** The stream of the line before them. */
  readonly stream: number;
  /** Number of their section. */
  readonly section: number;
  /** Whether the first of them continues the line before it. */
  readonly isContinued: boolean;
  /** Whether the line before them may be joined with the first. */
  readonly isOpen: boolean;
  /** How much joined lines may cost. */
  readonly joinedRoom: number;
  readonly widest: Widest;
}

/** A line that another stream has followed; valid until the next call. */
export interface LastLine {
  readonly stream: number;
  readonly text: Uint8Array;
  /** As those of {@link WalkedLines}. */
  readonly parts: Float64Array;
  readonly hasReturns: boolean;
}

/** Lines that were walked. */
export interface WalkedLines {
  /** Index in the bytes of the line after them. */
  readonly stop: number;
  /** Lines before `stop`. */
  readonly lines: number;
  /** Their text, without the end of the last line; valid until the next call. */
  readonly text: Uint8Array;
  /** The parts of the text of the log that they make; see {@link PartList}. */
  readonly parts: Float64Array;
  /** Those that are joined, once more. */
  readonly joined: JoinedLines;
  readonly widest: Widest;
  /** The stream of the first of them, and that of the line after them. */
  readonly firstStream: number;
  readonly stream: number;
  /** For each stream that another one has followed, its last line. */
  readonly lastLines: readonly LastLine[];
  /** Whether they end only because more bytes are needed. */
  readonly isAtEnd: boolean;
  /** Whether some have the header of GitHub Actions. */
  readonly isGithub: boolean;
}

export class LineWalker {
  /** The bytes of the log. */
  readonly bytes: Uint8Array;
  readonly #all: Uint8Array;
  readonly #view: DataView;
  readonly #exports: Exports;

  private constructor(code: Uint8Array) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(END / PAGE) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
    this.#exports = instance.exports as unknown as Exports;
    this.#all = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.bytes = this.#all.subarray(RAW, RAW + RAW_MAX);
    for (let byte = 0; byte < 256; byte++) this.#all[IN_WORD + byte] = isInWord(byte) ? 1 : 0;
    for (const width of COMMON_WIDTHS_OF_TERMINALS) this.#all[COMMON_WIDTHS + width] = 1;
  }

  /** Undefined without SIMD. */
  static create(): LineWalker | undefined {
    const code = Buffer.from(walk, 'base64');
    return WebAssembly.validate(code) ? new LineWalker(code) : undefined;
  }

  /** Walks as many lines as are simple, but for the last of them; undefined if there are no such. */
  walk(start: LinesStart): WalkedLines | undefined {
    const view = this.#view;
    view.setFloat64(TEXT_OFFSET, start.textOffset, true);
    view.setFloat64(RAW_OFFSET, start.base, true);
    view.setFloat64(SECTION, start.section, true);
    view.setUint32(STREAM, start.stream, true);
    view.setUint32(IS_CONTINUED, start.isContinued ? 1 : 0, true);
    view.setUint32(IS_OPEN, start.isOpen ? 1 : 0, true);
    view.setUint32(JOINED_ROOM, start.joinedRoom, true);
    view.setUint32(LINES, start.lines, true);
    view.setUint32(WIDEST, start.widest.ever, true);
    view.setUint32(LAST_WIDTH, start.widest.last, true);
    const stop = this.#exports.walk(RAW + start.at, RAW + start.end) - RAW;
    if (stop === start.at) return undefined;
    return {
      stop,
      lines: view.getUint32(LINES, true),
      text: this.#all.subarray(TEXT, view.getUint32(TEXT_END, true)),
      parts: this.#parts(PARTS, view.getUint32(PARTS_END, true)),
      joined: {
        text: this.#all.subarray(JOINED, view.getUint32(JOINED_END, true)),
        parts: this.#parts(JOINED_PARTS, view.getUint32(JOINED_PARTS_END, true)),
        cost: view.getUint32(JOINED_COST, true),
      },
      widest: { ever: view.getUint32(WIDEST, true), last: view.getUint32(LAST_WIDTH, true) },
      firstStream: view.getUint32(FIRST_STREAM, true),
      stream: view.getUint32(STREAM, true),
      lastLines: this.#lastLines(),
      isAtEnd: view.getUint32(IS_AT_END, true) === 1,
      isGithub: view.getUint32(IS_GITHUB, true) === 1,
    };
  }

  /** The last line of each stream that another one has followed. */
  #lastLines(): LastLine[] {
    const view = this.#view;
    const count = (view.getUint32(LEFT_END, true) - LEFT) / 4;
    return Array.from({ length: count }, (_, index) => {
      const stream = view.getUint32(LEFT + 4 * index, true);
      const line = LAST_LINES + stream * LAST_SIZE;
      const field = (offset: number): number => view.getUint32(line + offset, true);
      return {
        stream,
        text: this.#all.subarray(field(LAST_TEXT), field(LAST_TEXT_END)),
        parts: this.#parts(field(LAST_PARTS), field(LAST_PARTS_END)),
        hasReturns: field(LAST_RETURNS) !== 0,
      };
    });
  }

  /** The first index in `[start, end)` of a text; -1 if it does not begin there. */
  indexOf(text: Uint8Array, start: number, end: number): number {
    const pair = text[0]! | (text[1]! << 8);
    let at = start;
    while (at < end) {
      at = this.#exports.findPair(pair, RAW + at, RAW + end) - RAW;
      if (at + text.length <= end && text.every((byte, index) => this.bytes[at + index] === byte)) return at;
      at++;
    }
    return -1;
  }

  #parts(start: number, end: number): Float64Array {
    return new Float64Array(this.#view.buffer, start, (end - start) / Float64Array.BYTES_PER_ELEMENT);
  }
}

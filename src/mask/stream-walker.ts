/**
 * Walks the bytes of a stream in WebAssembly (`assembly/`): finds marks, makes what a terminal shows, and joins words over
 * the ends of lines. It does what its callers do for the common cases, and leaves the others to them.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { mask } from '../generated/mask.ts';
import { MARK_BYTES } from '../lib/terminal-marks.ts';
import {
  END,
  IN_WORD,
  JOINTS,
  JOINTS_END,
  LOWER_HALVES,
  MARK_BYTES as MARKS,
  RAW,
  RAW_MAX,
  RUNS,
  RUNS_END,
  STYLES,
  STYLES_END,
  TEXT,
  TEXT_END,
  UPPER_HALVES,
  WORDS,
  WORDS_END,
} from './assembly/memory.ts';

interface Exports {
  readonly nextPlace: (from: number, end: number) => number;
  readonly walk: (from: number, end: number) => number;
  readonly joinWords: (from: number, end: number, isEmpty: boolean) => number;
}

/** What a terminal shows of some bytes of a stream. Its arrays are valid until the next call. */
export interface ShownBytes {
  /** Index of the first byte that was not walked. */
  readonly stop: number;
  readonly text: Uint8Array;
  /** Two numbers for each run: where it begins in the text, and its index in the bytes. */
  readonly runs: Uint32Array;
  /** Two indexes for each sequence that is not shown: its beginning and its end. */
  readonly styles: Uint32Array;
}

/** Words of two parts, joined over the end of a line. Its arrays are valid until the next call. */
export interface JoinedWords {
  /** A line feed follows each word. */
  readonly text: Uint8Array;
  /** Four numbers for each word: for each of its two parts, where it begins in the text, and its index in the bytes. */
  readonly joints: Uint32Array;
}

const PAGE = 65_536;

export class StreamWalker {
  /** The bytes of the stream. */
  readonly bytes: Uint8Array;
  readonly #all: Uint8Array;
  readonly #numbers: Uint32Array;
  readonly #exports: Exports;
  #isTaken = true;

  private constructor(code: Uint8Array) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(END / PAGE) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
    this.#exports = instance.exports as unknown as Exports;
    this.#all = new Uint8Array(memory.buffer);
    this.#numbers = new Uint32Array(memory.buffer);
    this.bytes = this.#all.subarray(RAW, RAW + RAW_MAX);
    for (let byte = 0; byte < 256; byte++) {
      this.#all[MARKS + byte] = MARK_BYTES[byte] === 1 ? 1 : 0;
      this.#all[IN_WORD + byte] = isInWord(byte) ? 1 : 0;
      // No byte of a word is a control, nor beyond ASCII: that leaves a bit for each of the upper halves.
      const bit = 1 << ((byte >> 4) - 2);
      if (!isInWord(byte)) continue;
      this.#all[UPPER_HALVES + (byte >> 4)] = bit;
      this.#all[LOWER_HALVES + (byte & 15)]! |= bit;
    }
  }

  /** Undefined if this machine has no SIMD, or no memory for it. */
  static create(): StreamWalker | undefined {
    try {
      return new StreamWalker(Buffer.from(mask, 'base64'));
    } catch {
      return undefined;
    }
  }

  /** As `nextPlace` of `terminal-marks.ts`; the last bytes are the caller's. */
  nextPlace(from: number, end: number): number {
    return this.#exports.nextPlace(RAW + from, RAW + end) - RAW;
  }

  /** Walks over text and sequences without text, up to a mark that is the caller's, or `end`. */
  walk(from: number, end: number): ShownBytes {
    return {
      stop: this.#exports.walk(RAW + from, RAW + end) - RAW,
      text: this.#all.subarray(TEXT, this.#numbers[TEXT_END / 4]),
      runs: this.#list(RUNS, RUNS_END),
      styles: this.#list(STYLES, STYLES_END),
    };
  }

  /** Joins words of the lines from `from` on, which is the beginning of one. @returns the first line that is the caller's */
  joinWords(from: number, end: number): number {
    const stop = this.#exports.joinWords(RAW + from, RAW + end, this.#isTaken) - RAW;
    this.#isTaken = false;
    return stop;
  }

  /** The words that were joined since this was called last. */
  takeWords(): JoinedWords {
    const isEmpty = this.#isTaken;
    this.#isTaken = true;
    return {
      text: this.#all.subarray(WORDS, isEmpty ? WORDS : this.#numbers[WORDS_END / 4]),
      joints: isEmpty ? new Uint32Array(0) : this.#list(JOINTS, JOINTS_END),
    };
  }

  #list(start: number, end: number): Uint32Array {
    return this.#numbers.subarray(start / 4, this.#numbers[end / 4]! / 4);
  }
}

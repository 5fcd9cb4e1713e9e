/**
 * LZMA alone, as `xz --format=lzma` and older programs write it. The library reads it only as a part of archives, and does not
 * say where it ends. The format is described in the LZMA specification of the LZMA SDK, whose names are used here.
 */

import { Skipped } from '../../model/gap.ts';
import type { Decoder } from './decoders.ts';
import { Feed } from './feed.ts';

const HEADER = 13;
const UNKNOWN = 0xffff_ffff_ffff_ffffn;
const DICTIONARY_MIN = 4096;
/** The largest that programs choose by themselves is 64 MB. */
const DICTIONARY_MAX = 128 * 1024 * 1024;
/** More than one symbol can take. */
const SYMBOL_MAX = 32;
const PIECE = 64 * 1024;

/** @throws Error for damage */
export const unlzma: Decoder = async function* (pieces, progress, budget) {
  const feed = new Feed(pieces);
  try {
    const header = await feed.take(HEADER);
    if (header.length < HEADER) throw new Error('unexpected end of file');
    const size = header.readBigUInt64LE(5);
    const requested = Math.max(DICTIONARY_MIN, header.readUInt32LE(1));
    const dictionary = size === UNKNOWN ? requested : Math.min(requested, Number(size) + 1);
    if (dictionary > DICTIONARY_MAX || !budget.reserve(dictionary)) throw new Skipped('archive-limit');
    try {
      const decoder = new LzmaDecoder(header[0]!, dictionary, size === UNKNOWN ? Infinity : Number(size));
      let input = await feed.take(PIECE);
      decoder.begin(input);
      for (let isLast = false; !decoder.isEnded;) {
        const piece = decoder.decode(isLast ? 0 : SYMBOL_MAX);
        progress.packed = feed.offset;
        if (piece.length > 0) yield piece;
        else if (!decoder.isEnded) {
          const more = await feed.take(PIECE);
          isLast = more.length === 0;
          input = Buffer.concat([decoder.unread, more]);
          decoder.continueWith(input);
        }
      }
      feed.giveBack(decoder.unread);
    } finally {
      budget.release(dictionary);
    }
    if ((await feed.take(1)).length > 0) progress.rest = feed.offset - 1;
  } finally {
    await feed.close();
  }
};

const [STATES, POSITIONS_MAX] = [12, 16];
const MATCH_MIN = 2;
const END_MARKER = 0xffff_ffff;
const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(1024);

/** The three ranges of the length of a match. */
class Lengths {
  readonly choice = probabilities(2);
  readonly low = probabilities(POSITIONS_MAX * 8);
  readonly middle = probabilities(POSITIONS_MAX * 8);
  readonly high = probabilities(256);
}

class LzmaDecoder {
  isEnded = false;
  readonly #dictionary: Uint8Array;
  readonly #size: number;
  readonly #contextBits: number;
  readonly #contextMask: number;
  readonly #positionMask: number;
  readonly #literals: Uint16Array;
  readonly #isMatch = probabilities(STATES * POSITIONS_MAX);
  readonly #isRepeat = probabilities(STATES);
  readonly #isRepeat0 = probabilities(STATES);
  readonly #isRepeat0Long = probabilities(STATES * POSITIONS_MAX);
  readonly #isRepeat1 = probabilities(STATES);
  readonly #isRepeat2 = probabilities(STATES);
  readonly #slots = probabilities(4 * 64);
  readonly #special = probabilities(128);
  readonly #align = probabilities(16);
  readonly #matchLengths = new Lengths();
  readonly #repeatLengths = new Lengths();
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #range = 0xffff_ffff;
  #code = 0;
  #state = 0;
  #distances: [number, number, number, number] = [0, 0, 0, 0];
  /** What is left of a match that did not fit into a piece. */
  #pending = 0;
  /** How many bytes were decoded, and where the next goes. */
  #length = 0;
  #to = 0;

  /** @param size of the content; infinite if a marker ends it */
  constructor(properties: number, dictionary: number, size: number) {
    if (properties >= 9 * 5 * 5) throw new Error('invalid properties');
    this.#contextBits = properties % 9;
    this.#contextMask = (1 << (Math.floor(properties / 9) % 5)) - 1;
    this.#positionMask = (1 << Math.floor(properties / 45)) - 1;
    this.#literals = probabilities(0x300 * (this.#contextMask + 1) * (1 << this.#contextBits));
    this.#dictionary = new Uint8Array(dictionary);
    this.#size = size;
  }

  begin(input: Uint8Array): void {
    this.#input = input;
    if (this.#next() !== 0) throw new Error('invalid beginning');
    for (let index = 0; index < 4; index++) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
    this.isEnded = this.#size === 0;
  }

  /** What was not read of the input. */
  get unread(): Uint8Array {
    return this.#input.subarray(this.#at);
  }

  continueWith(input: Uint8Array): void {
    this.#input = input;
    this.#at = 0;
  }

  /**
   * The next piece of the content. Empty if more input is needed.
   *
   * @param reserve how much input must be left for one symbol more
   */
  decode(reserve: number): Uint8Array {
    const dictionary = this.#dictionary;
    const target = new Uint8Array(Math.min(PIECE, this.#size - this.#length));
    let filled = 0;
    const put = (byte: number): void => {
      dictionary[this.#to] = byte;
      this.#to = this.#to + 1 === dictionary.length ? 0 : this.#to + 1;
      target[filled++] = byte;
    };
    while (filled < target.length) {
      if (this.#pending > 0) {
        let from = this.#to - this.#distances[0] - 1;
        if (from < 0) from += dictionary.length;
        const count = Math.min(this.#pending, target.length - filled);
        for (let index = 0; index < count; index++) {
          put(dictionary[from]!);
          from = from + 1 === dictionary.length ? 0 : from + 1;
        }
        this.#pending -= count;
        this.#length += count;
        continue;
      }
      if (this.#at > this.#input.length) throw new Error('unexpected end of file');
      if (this.#input.length - this.#at < reserve) break;
      const position = this.#length & this.#positionMask;
      if (this.#bit(this.#isMatch, this.#state * POSITIONS_MAX + position) === 0) {
        put(this.#literal());
        this.#length++;
      } else {
        this.#pending = this.#match(position);
        if (this.#distances[0] === END_MARKER) {
          this.isEnded = true;
          break;
        }
        if (this.#distances[0] >= Math.min(this.#length, dictionary.length)) throw new Error('invalid distance');
      }
    }
    if (this.#length === this.#size) this.isEnded = true;
    return target.subarray(0, filled);
  }

  #literal(): number {
    const dictionary = this.#dictionary;
    const previous = this.#length === 0 ? 0 : dictionary[(this.#to || dictionary.length) - 1]!;
    const context = ((this.#length & this.#contextMask) << this.#contextBits) + (previous >> (8 - this.#contextBits));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      const from = this.#to - this.#distances[0] - 1;
      let match = dictionary[from < 0 ? from + dictionary.length : from]!;
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(this.#literals, base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, base + symbol);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
    return symbol & 0xff;
  }

  /** Sets the distance, and returns the length. */
  #match(position: number): number {
    const state = this.#state;
    const [first, second, third, fourth] = this.#distances;
    const isAfterLiteral = state < 7;
    if (this.#bit(this.#isRepeat, state) === 0) {
      const length = this.#matchLength(this.#matchLengths, position);
      this.#state = isAfterLiteral ? 7 : 10;
      this.#distances = [this.#distance(length), first, second, third];
      return length + MATCH_MIN;
    }
    if (this.#length === 0) throw new Error('invalid repeat');
    if (this.#bit(this.#isRepeat0, state) === 0) {
      if (this.#bit(this.#isRepeat0Long, state * POSITIONS_MAX + position) === 0) {
        this.#state = isAfterLiteral ? 9 : 11;
        return 1;
      }
    } else if (this.#bit(this.#isRepeat1, state) === 0) this.#distances = [second, first, third, fourth];
    else if (this.#bit(this.#isRepeat2, state) === 0) this.#distances = [third, first, second, fourth];
    else this.#distances = [fourth, first, second, third];
    const length = this.#matchLength(this.#repeatLengths, position);
    this.#state = isAfterLiteral ? 8 : 11;
    return length + MATCH_MIN;
  }

  #matchLength({ choice, low, middle, high }: Lengths, position: number): number {
    if (this.#bit(choice, 0) === 0) return this.#tree(low, position * 8, 3);
    if (this.#bit(choice, 1) === 0) return 8 + this.#tree(middle, position * 8, 3);
    return 16 + this.#tree(high, 0, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const start = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return start + this.#reverseTree(this.#special, start - slot, bits);
    return start + this.#direct(bits - 4) * 16 + this.#reverseTree(this.#align, 0, 4);
  }

  #tree(table: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let index = 0; index < bits; index++) symbol = (symbol << 1) | this.#bit(table, base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(table: Uint16Array, base: number, bits: number): number {
    let [node, symbol] = [1, 0];
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(table, base + node);
      node = (node << 1) | bit;
      symbol |= bit << index;
    }
    return symbol;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let index = 0; index < bits; index++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#normalize();
    }
    return value;
  }

  #bit(table: Uint16Array, index: number): number {
    const probability = table[index]!;
    const bound = (this.#range >>> 11) * probability;
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) {
      this.#range = bound;
      table[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      table[index] = probability - (probability >> 5);
    }
    this.#normalize();
    return bit;
  }

  #normalize(): void {
    if (this.#range >= 0x100_0000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  #next(): number {
    // Beyond the end it is noticed before the next symbol.
    const at = this.#at++;
    return this.#input[at] ?? 0;
  }
}

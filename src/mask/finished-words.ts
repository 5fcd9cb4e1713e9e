/**
 * Joined words that wait to be searched together: one by one, a search costs more than the word. Most have no needle, and
 * then no credential; only the others are read by themselves.
 */

import type { Kernel } from '../detect/search/kernel.ts';
import { positionOf } from '../detect/search/hit.ts';
import { LF } from '../lib/bytes.ts';
import type { ExactValues } from './exact-values.ts';
import type { TextCopy, ViewText } from './view-text.ts';

const CAPACITY = 32 * 1024;

export class FinishedWords {
  readonly #bytes = new Uint8Array(CAPACITY);
  readonly #places = new Float64Array(CAPACITY);
  /** The end of each word. Line feeds separate them. */
  readonly #ends: number[] = [];
  #filled = 0;

  /** Adds the text of a view; false if there is no room for it. */
  add(text: ViewText): boolean {
    const { bytes, filled } = text;
    if (this.#filled + filled + 1 > CAPACITY) return false;
    for (let index = 0; index < filled; index++) {
      this.#bytes[this.#filled + index] = bytes[index]!;
      this.#places[this.#filled + index] = text.placeAt(index);
    }
    this.#filled += filled;
    this.#ends.push(this.#filled);
    this.#bytes[this.#filled++] = LF;
    return true;
  }

  /**
   * Returns the words that have a needle or a value, and forgets all.
   *
   * @param from index in the kernel's memory of bytes that are not in use
   */
  take(kernel: Kernel, values: ExactValues, from: number): TextCopy[] {
    if (this.#filled === 0) return [];
    const hasRoom = from + this.#filled <= kernel.bytes.length;
    const found = hasRoom ? this.#found(kernel, values, from) : this.#ends.map((end) => end - 1);
    const words: TextCopy[] = [];
    let start = 0;
    let next = 0;
    for (const end of this.#ends) {
      while (found[next]! < start) next++;
      if (found[next]! < end)
        words.push({ bytes: this.#bytes.slice(start, end), places: this.#places.slice(start, end) });
      start = end + 1;
    }
    this.#filled = 0;
    this.#ends.length = 0;
    return words;
  }

  /** Where needles and values begin, ascending. */
  #found(kernel: Kernel, values: ExactValues, from: number): number[] {
    kernel.bytes.set(this.#bytes.subarray(0, this.#filled), from);
    const to = from + this.#filled;
    return [
      ...kernel.find(from, to).map((hit) => positionOf(hit) - from),
      ...values.find(kernel.bytes, from, to).map(({ start }) => start - from),
    ].toSorted((a, b) => a - b);
  }
}

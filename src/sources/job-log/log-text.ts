/** The text of a log while it is made, with the place of each of its parts. */

import type { LogPlaces } from './log-places.ts';
import type { Rendering } from './rendering.ts';

const LF = 0x0a;
const NEW_LINE = new Uint8Array([LF]);
/** Shorter pieces are copied faster by hand. */
const SHORT = 64;

export class LogText {
  readonly #places: LogPlaces;
  #bytes: Uint8Array;
  #taken = 0;
  #made = 0;
  /** Offset in the text of the first byte. */
  #base = 0;

  constructor(places: LogPlaces, capacity: number) {
    this.#places = places;
    this.#bytes = new Uint8Array(capacity);
  }

  /** Gives what is made, as far as there is room for it. */
  take(target: Uint8Array): number {
    const count = Math.min(target.length, this.#made - this.#taken);
    target.set(this.#bytes.subarray(this.#taken, this.#taken + count));
    this.#taken += count;
    if (this.#taken === this.#made) {
      this.#base += this.#made;
      this.#taken = 0;
      this.#made = 0;
    }
    return count;
  }

  /** A part of a line. @param raw offset in the log */
  part(bytes: Uint8Array, start: number, end: number, raw: number, line: number, column: number): void {
    this.#places.add(this.#base + this.#made, raw, line, column);
    this.append(bytes, start, end);
  }

  /** On a line of its own, or at the beginning of one. */
  render({ bytes, parts }: Rendering): void {
    for (const { at, raw, line, column } of parts) this.#places.add(this.#base + this.#made + at, raw, line, column);
    this.append(bytes, 0, bytes.length);
  }

  endLine(): void {
    this.append(NEW_LINE, 0, 1);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#made + length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#made + length));
      larger.set(this.#bytes.subarray(0, this.#made));
      this.#bytes = larger;
    }
    if (length < SHORT) for (let at = 0; at < length; at++) this.#bytes[this.#made + at] = bytes[start + at]!;
    else this.#bytes.set(bytes.subarray(start, end), this.#made);
    this.#made += length;
  }
}

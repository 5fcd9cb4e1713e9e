/** The text of a log in the making, with the place of each of its parts. */

import { ByteBuffer } from '../lib/byte-buffer.ts';
import type { LogPlaces } from './log-places.ts';
import type { Rendering } from './rendering.ts';
import { LF } from '../lib/bytes.ts';
import { characterStart, utf16Length } from '../lib/text-position.ts';
import type { VisibleLine } from './visible-line.ts';

/** A long run is given in parts of this size, so that columns are counted over short distances. */
const PART = 4096;

export class LogText {
  readonly #places: LogPlaces;
  readonly #made = new ByteBuffer();
  #taken = 0;
  /** Offset in the text of the first byte in `#made`. */
  #base = 0;

  constructor(places: LogPlaces) {
    this.#places = places;
  }

  /** Moves text into `target`, as much as fits. */
  moveInto(target: Uint8Array): number {
    const count = Math.min(target.length, this.#made.length - this.#taken);
    target.set(this.#made.from(this.#taken).subarray(0, count));
    this.#taken += count;
    if (this.#taken === this.#made.length) {
      this.#base += this.#taken;
      this.#taken = 0;
      this.#made.cut(0);
    }
    return count;
  }

  /** Adds a part of a line. @param raw its offset in the log */
  part(bytes: Uint8Array, start: number, end: number, raw: number, line: number, column: number): void {
    this.#places.add(this.offset, raw, line, column);
    this.append(bytes, start, end);
  }

  /**
   * Adds a run of a line, in several parts if it is long.
   *
   * @returns the beginning of the last part, and its column
   */
  run(
    { bytes, base, line }: VisibleLine,
    start: number,
    end: number,
    column: number,
  ): { readonly start: number; readonly column: number } {
    let [from, at] = [start, column];
    while (end - from > PART) {
      const to = characterStart(bytes, from + PART);
      this.part(bytes, from, to, base + from, line, at);
      at += utf16Length(bytes, from, to);
      from = to;
    }
    this.part(bytes, from, end, base + from, line, at);
    return { start: from, column: at };
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#base + this.#made.length;
  }

  /** Adds text of many parts. @param start where the text begins that the parts count from */
  parts(bytes: Uint8Array, parts: Float64Array, start: number): void {
    this.#places.addAll(parts, start);
    this.append(bytes, 0, bytes.length);
  }

  /** Adds a rendering: a line of its own, or the beginning of one. */
  render({ bytes, parts, isGuess }: Rendering): void {
    for (const { at, raw, line, column, stamp } of parts)
      this.#places.add(this.offset + at, raw, line, column, stamp, isGuess);
    this.append(bytes, 0, bytes.length);
  }

  endLine(): void {
    this.#made.push(LF);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#made.append(bytes, start, end);
  }
}

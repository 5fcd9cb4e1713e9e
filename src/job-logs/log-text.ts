/** The text of a log in the making, with the place of each of its parts. */

import { ByteBuffer, copyBytes } from '../lib/byte-buffer.ts';
import type { LogPlaces } from './log-places.ts';
import type { Rendering } from './rendering.ts';
import { LF } from '../lib/bytes.ts';
import { characterStart, utf16Length } from '../lib/text-position.ts';
import type { VisibleLine } from './visible-line.ts';

/** A long run is given in parts of this size, so that columns are counted over short distances. */
const PART = 4096;
const LINE_END = Uint8Array.of(LF);
const NOWHERE = new Uint8Array(0);

export class LogText {
  readonly #places: LogPlaces;
  /** The memory that the text goes into, and how much of it has text. */
  #target: Uint8Array = NOWHERE;
  #filled = 0;
  /** Text for which the target has no room, and how much of it was given since. */
  readonly #waiting = new ByteBuffer();
  #given = 0;
  #offset = 0;

  constructor(places: LogPlaces) {
    this.#places = places;
  }

  /** From now on text goes into `target`, first what waits. */
  begin(target: Uint8Array): void {
    const waiting = this.#waiting.from(this.#given);
    const count = Math.min(target.length, waiting.length);
    target.set(waiting.subarray(0, count));
    this.#target = target;
    this.#filled = count;
    this.#given += count;
    if (count < waiting.length) return;
    this.#given = 0;
    this.#waiting.cut(0);
  }

  /** Bytes in the target. */
  get filled(): number {
    return this.#filled;
  }

  /** To be called when the target is no longer to be written. @returns how many bytes it has */
  end(): number {
    const count = this.#filled;
    this.#target = NOWHERE;
    this.#filled = 0;
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
    return this.#offset;
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
    this.append(LINE_END, 0, 1);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#offset += end - start;
    const count = this.#waiting.length > 0 ? 0 : Math.min(end - start, this.#target.length - this.#filled);
    copyBytes(bytes, start, start + count, this.#target, this.#filled);
    this.#filled += count;
    if (start + count < end) this.#waiting.append(bytes, start + count, end);
  }
}

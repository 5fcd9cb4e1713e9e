/** A second rendering of a piece of a log's text, with the place of each part. */

import { ByteBuffer } from '../lib/byte-buffer.ts';
import type { LineStamp } from './part-list.ts';
import { LF } from '../lib/bytes.ts';

/** A longer one is cut: no credential is longer. */
const LONGEST = 16 * 1024;

/** A part of a rendering: where in the rendering it begins, and its place in the log. */
export interface RenderedPart {
  readonly at: number;
  readonly raw: number;
  readonly line: number;
  readonly column: number;
  /** Time and section of its line; default: those of the line after the rendering. */
  readonly stamp?: LineStamp | undefined;
}

export class Rendering {
  /** Whether it may be joined wrongly: nothing but its shape shows that its lines are one. */
  isGuess = false;
  readonly #text = new ByteBuffer(256);
  readonly #parts: RenderedPart[] = [];

  get length(): number {
    return this.#text.length;
  }

  get bytes(): Uint8Array {
    return this.#text.from(0);
  }

  get parts(): readonly RenderedPart[] {
    return this.#parts;
  }

  clear(): void {
    this.#text.cut(0);
    this.#parts.length = 0;
  }

  /** Its last parts, `length` bytes at most, as a rendering of their own. */
  tail(length: number): Rendering {
    const tail = new Rendering();
    const { bytes } = this;
    this.#parts.forEach(({ at, raw, line, column, stamp }, index) => {
      if (bytes.length - at <= length)
        tail.add(bytes, at, this.#parts[index + 1]?.at ?? bytes.length, raw, line, column, stamp);
    });
    return tail;
  }

  /** Ends a word, and a line with it. */
  separate(): void {
    this.#text.push(LF);
  }

  /** Removes the last character of the line. */
  back(): void {
    const text = this.#text.from(0);
    let length = text.length;
    if (length === 0 || text[length - 1] === LF) return;
    do length--;
    while (length > 0 && (text[length]! & 0xc0) === 0x80);
    this.#text.cut(length);
    while (this.#parts.length > 0 && this.#parts.at(-1)!.at >= length) this.#parts.pop();
  }

  /** Appends `bytes[start, end)`, as much as fits. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    raw: number,
    line: number,
    column: number,
    stamp?: LineStamp,
  ): void {
    const length = Math.min(end - start, LONGEST - this.#text.length);
    if (length <= 0) return;
    this.#parts.push({ at: this.#text.length, raw, line, column, stamp });
    this.#text.append(bytes, start, start + length);
  }
}

/** A piece of a log's text written once more, put together in another way, with the place of each part. */

import { ByteBuffer } from '../../lib/byte-buffer.ts';

/** What is longer is cut: no credential is. */
const LONGEST = 16 * 1024;

/** A part of a rendering: where it begins in it, and its place in the log. */
export interface RenderedPart {
  readonly at: number;
  readonly raw: number;
  readonly line: number;
  readonly column: number;
}

export class Rendering {
  readonly #text = new ByteBuffer(256);
  readonly #parts: RenderedPart[] = [];

  get bytes(): Uint8Array {
    return this.#text.from(0);
  }

  get parts(): readonly RenderedPart[] {
    return this.#parts;
  }

  /** Appends `bytes[start, end)`, as far as there is room. */
  add(bytes: Uint8Array, start: number, end: number, raw: number, line: number, column: number): void {
    const length = Math.min(end - start, LONGEST - this.#text.length);
    if (length <= 0) return;
    this.#parts.push({ at: this.#text.length, raw, line, column });
    this.#text.append(bytes, start, start + length);
  }
}

/** A piece of a log's text written once more, put together in another way, with the place of each part. */

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
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #parts: RenderedPart[] = [];

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get parts(): readonly RenderedPart[] {
    return this.#parts;
  }

  /** Appends `bytes[start, end)`, as far as there is room. */
  add(bytes: Uint8Array, start: number, end: number, raw: number, line: number, column: number): void {
    const length = Math.min(end - start, LONGEST - this.#length);
    if (length <= 0) return;
    while (this.#length + length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#parts.push({ at: this.#length, raw, line, column });
    this.#bytes.set(bytes.subarray(start, start + length), this.#length);
    this.#length += length;
  }
}

/** A buffer that bytes are appended to in pieces. */

/** Below this size a loop copies faster than `set`. */
const SHORT = 64;

/** Copies `bytes[start, end)` to `target`, from `at` on. */
export function copyBytes(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  const length = end - start;
  if (length >= SHORT) target.set(bytes.subarray(start, end), at);
  else for (let index = 0; index < length; index++) target[at + index] = bytes[start + index]!;
}

export class ByteBuffer {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity initial size in bytes; it grows */
  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Appends `bytes[start, end)`. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    copyBytes(bytes, start, end, this.#bytes, this.#length);
    this.#length += length;
  }

  /** A view of its content from `start` on; valid until something is appended. */
  from(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#length);
  }

  /** Returns a copy of its content, and empties it. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Keeps the first `length` bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Removes the first `count` bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  #grow(more: number): void {
    const larger = new Uint8Array(2 * (this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

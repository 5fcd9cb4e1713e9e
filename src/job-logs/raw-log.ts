/** The bytes of a log in memory, as they are read. */

import type { ByteReader } from '../model/artifact.ts';

const CAPACITY = 256 * 1024;

export class RawLog {
  #bytes: Uint8Array = new Uint8Array(CAPACITY);
  readonly #reader: ByteReader;
  /** Offset in the log of the first byte. */
  base: number;
  filled = 0;
  /** Whether everything was read. */
  isEnd = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(reader: ByteReader, base: number) {
    this.#reader = reader;
    this.base = base;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** From now on, the bytes are in this memory. */
  moveTo(memory: Uint8Array): void {
    memory.set(this.#bytes.subarray(0, this.filled));
    this.#bytes = memory;
  }

  async fill(): Promise<void> {
    while (this.filled < this.#bytes.length) {
      const count = await this.#readOnce();
      if (count === 0) {
        this.isEnd = true;
        break;
      }
      this.filled += count;
    }
  }

  async #readOnce(): Promise<number> {
    try {
      return await this.#reader.read(this.#bytes.subarray(this.filled));
    } catch (error) {
      // The bytes before the failure are scanned first.
      this.#failure = { error };
      return 0;
    }
  }

  /** Throws what the reader threw, once. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.filled);
    this.base += count;
    this.filled -= count;
  }

  close(): void {
    this.#reader.close();
  }
}

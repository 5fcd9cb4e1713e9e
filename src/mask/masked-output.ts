/** What a stream returns next. Mostly it is a part of the bytes that have arrived, and is not copied. */

import { ByteBuffer } from '../lib/byte-buffer.ts';

const NOTHING = new Uint8Array(0);

export class MaskedOutput {
  /** Adjacent bytes, while there is nothing else. */
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  readonly #copy = new ByteBuffer();

  /** Adds `bytes[start, end)`, which must not change before {@link take} or {@link keep}. */
  append(bytes: Uint8Array, start: number, end: number): void {
    if (this.#copy.length === 0) {
      if (this.#start === this.#end) {
        this.#bytes = bytes;
        this.#start = start;
        this.#end = end;
        return;
      }
      if (bytes === this.#bytes && start === this.#end) {
        this.#end = end;
        return;
      }
      this.keep();
    }
    this.#copy.append(bytes, start, end);
  }

  /** To be called before the bytes that were added change. */
  keep(): void {
    if (this.#start < this.#end) this.#copy.append(this.#bytes, this.#start, this.#end);
    this.#start = this.#end;
  }

  /** Everything that was added since the last call; valid until something is added. */
  take(): Uint8Array {
    const taken = this.#copy.length > 0 ? this.#copy.from(0) : this.#bytes.subarray(this.#start, this.#end);
    this.#copy.cut(0);
    this.#start = this.#end;
    return taken;
  }
}

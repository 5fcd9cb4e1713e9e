/** The bytes of a pack: its first part in memory, which is all of most packs; the rest is read object by object. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** So much of a pack stands in memory: a call of the system for each object takes longer than unpacking it. */
const RESIDENT_MAX = 224 * 1024 * 1024;
const BLOCK = 1024 * 1024;
const SIGNATURE = 0x5041_434b;

export class PackFile {
  readonly size: number;
  readonly #file: number;
  #isClosed = false;
  #resident: Buffer = Buffer.alloc(0);
  /** The part of the rest that was read last, for who reads one thing after the other. */
  #block: Buffer = Buffer.alloc(0);
  #from = 0;

  /** @throws the file system's error */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  /** Reads the first part into memory, for who reads here and there. */
  keep(): void {
    const buffer = Buffer.allocUnsafeSlow(Math.min(this.size, RESIDENT_MAX));
    this.#resident = buffer.subarray(0, this.#fill(buffer, 0, 0, buffer.length));
  }

  /** Whether it begins as a pack of so many objects. */
  isPackOf(count: number): boolean {
    const head = this.view(0, 12);
    if (head.length < 12 || head.readUInt32BE(0) !== SIGNATURE) return false;
    const version = head.readUInt32BE(4);
    return (version === 2 || version === 3) && head.readUInt32BE(8) === count;
  }

  /** Up to `length` bytes from an offset; valid until the next call. */
  view(offset: number, length: number): Buffer {
    if (offset + length <= this.#resident.length) return this.#resident.subarray(offset, offset + length);
    if (offset < this.#from || offset + length > this.#from + this.#block.length) {
      const block =
        this.#block.buffer.byteLength === BLOCK ? Buffer.from(this.#block.buffer) : Buffer.allocUnsafeSlow(BLOCK);
      this.#from = offset;
      this.#block = block.subarray(0, this.#fill(block, 0, offset, Math.min(BLOCK, this.size - offset)));
    }
    return this.#block.subarray(offset - this.#from, offset - this.#from + length);
  }

  /** Reads `length` bytes from an offset to a place in memory. False: the file has fewer. */
  read(target: Uint8Array, at: number, offset: number, length: number): boolean {
    if (offset + length <= this.#resident.length) {
      target.set(this.#resident.subarray(offset, offset + length), at);
      return true;
    }
    return this.#fill(target, at, offset, length) === length;
  }

  #fill(target: Uint8Array, at: number, offset: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = readSync(this.#file, target, at + done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    this.#resident = Buffer.alloc(0);
    if (!this.#isClosed) closeSync(this.#file);
    this.#isClosed = true;
  }
}

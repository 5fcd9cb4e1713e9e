/** The file of a pack. */

import { closeSync, openSync, readSync } from 'node:fs';

const SIGNATURE = 0x5041_434b;

export class PackFile {
  readonly size: number;
  readonly #path: string;
  readonly #check: Buffer;
  /** Open only while the pack is read: a repository may have more packs than a process may have open files. */
  #file: number | undefined;

  /**
   * @param size bytes of the file
   * @param check the checksum at its end according to its index: the file may have been replaced by another pack
   */
  constructor(path: string, size: number, check: Buffer) {
    this.#path = path;
    this.size = size;
    this.#check = check;
  }

  /** Whether the file starts like a pack of `count` objects. */
  isPackOf(count: number): boolean {
    const head = Buffer.alloc(12);
    if (!this.read(head, 0, 0, 12) || head.readUInt32BE(0) !== SIGNATURE) return false;
    const version = head.readUInt32BE(4);
    return (version === 2 || version === 3) && head.readUInt32BE(8) === count;
  }

  /** Reads `length` bytes from an offset to a place in memory. False: the file is shorter, or can no longer be read. */
  read(target: Uint8Array, at: number, offset: number, length: number): boolean {
    try {
      return offset + length <= this.size && this.#fill(target, at, offset, length);
    } catch {
      return false; // git reports the cause when it reads the object
    }
  }

  #fill(target: Uint8Array, at: number, offset: number, length: number): boolean {
    if (this.#file === undefined && !this.#open()) return false;
    return this.#fillFrom(this.#file!, target, at, offset, length);
  }

  /** False: the file is another pack by now. */
  #open(): boolean {
    const file = openSync(this.#path, 'r');
    const end = Buffer.alloc(this.#check.length);
    const isSame = this.#fillFrom(file, end, 0, this.size - end.length, end.length) && end.equals(this.#check);
    if (isSame) this.#file = file;
    else closeSync(file);
    return isSame;
  }

  #fillFrom(file: number, target: Uint8Array, at: number, offset: number, length: number): boolean {
    for (let done = 0; done < length;) {
      const count = readSync(file, target, at + done, length - done, offset + done);
      if (count === 0) return false;
      done += count;
    }
    return true;
  }

  /** A later read opens the file again. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

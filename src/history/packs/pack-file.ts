/** The bytes of a pack, block by block: those that were read last stand in memory, which are all of most packs. */

import { closeSync, openSync, readSync } from 'node:fs';

/** A call of the system for each object takes longer than unpacking it, and what is made of each other mostly stands together. */
const BLOCK = 32 * 1024;
/** So much of a pack stands in memory. */
const CACHED_MAX = 144 * 1024 * 1024;
const SIGNATURE = 0x5041_434b;
const NONE = -1;

export class PackFile {
  readonly size: number;
  readonly #path: string;
  readonly #check: Buffer;
  readonly #places: number;
  /** Open while it is read: a repository may have more packs than a process may have files. */
  #file: number | undefined;
  #cache: Buffer = Buffer.alloc(0);
  /** Which block stands in which place. */
  #blocks = new Int32Array(0);

  /**
   * @param size bytes of the file
   * @param check what it ends with, as its index says: another pack may be put in its place
   * @param share of the memory that packs may take, from 0 to 1
   */
  constructor(path: string, size: number, check: Buffer, share = 1) {
    this.#places = Math.floor((CACHED_MAX * share) / BLOCK);
    this.#path = path;
    this.size = size;
    this.#check = check;
  }

  /** Whether it begins as a pack of so many objects. */
  isPackOf(count: number): boolean {
    const head = Buffer.alloc(12);
    if (!this.read(head, 0, 0, 12) || head.readUInt32BE(0) !== SIGNATURE) return false;
    const version = head.readUInt32BE(4);
    return (version === 2 || version === 3) && head.readUInt32BE(8) === count;
  }

  /** Reads `length` bytes from an offset to a place in memory. False: the file has fewer, or cannot be read any more. */
  read(target: Uint8Array, at: number, offset: number, length: number): boolean {
    try {
      return this.#read(target, at, offset, length);
    } catch {
      return false; // git tells why, when it reads the object
    }
  }

  #read(target: Uint8Array, at: number, offset: number, length: number): boolean {
    if (offset + length > this.size) return false;
    if (length > BLOCK) return this.#fill(target, at, offset, length);
    for (let done = 0; done < length;) {
      const block = Math.floor((offset + done) / BLOCK);
      const place = this.#placeOf(block);
      if (place === NONE) return false;
      const from = offset + done - block * BLOCK;
      const count = Math.min(length - done, BLOCK - from);
      target.set(this.#cache.subarray(place + from, place + from + count), at + done);
      done += count;
    }
    return true;
  }

  /** Where a block stands in memory. */
  #placeOf(block: number): number {
    if (this.#blocks.length === 0) {
      const places = Math.min(Math.ceil(this.size / BLOCK), this.#places);
      // What is never read takes no memory.
      this.#cache = Buffer.allocUnsafeSlow(places * BLOCK);
      this.#blocks = new Int32Array(places).fill(NONE);
    }
    const index = block % this.#blocks.length;
    const place = index * BLOCK;
    if (this.#blocks[index] === block) return place;
    this.#blocks[index] = NONE;
    if (!this.#fill(this.#cache, place, block * BLOCK, Math.min(BLOCK, this.size - block * BLOCK))) return NONE;
    this.#blocks[index] = block;
    return place;
  }

  #fill(target: Uint8Array, at: number, offset: number, length: number): boolean {
    if (this.#file === undefined && !this.#open()) return false;
    return this.#fillFrom(this.#file!, target, at, offset, length);
  }

  /** False: it is another pack. */
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

  /** Gives up what it holds; it may be read again. */
  close(): void {
    this.#cache = Buffer.alloc(0);
    this.#blocks = new Int32Array(0);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

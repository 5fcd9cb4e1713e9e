/** The bytes of a pack, read in blocks. The latest ones stay in memory; for most packs these are all. */

import { closeSync, openSync, readSync } from 'node:fs';

/** A system call for each object takes longer than unpacking it, and the objects of a delta tree are mostly close together. */
const BLOCK = 32 * 1024;
/** How much of a pack stays in memory. */
const CACHED_MAX = 144 * 1024 * 1024;
const SIGNATURE = 0x5041_434b;
const NONE = -1;

export class PackFile {
  readonly size: number;
  readonly #path: string;
  readonly #check: Buffer;
  readonly #places: number;
  /** Open only while the pack is read: a repository may have more packs than a process may have open files. */
  #file: number | undefined;
  #cache: Buffer = Buffer.alloc(0);
  /** Which block is in which place of the cache. */
  #blocks = new Int32Array(0);

  /**
   * @param size bytes of the file
   * @param check the checksum at its end according to its index: the file may have been replaced by another pack
   * @param share of the memory for packs, from 0 to 1
   */
  constructor(path: string, size: number, check: Buffer, share = 1) {
    this.#places = Math.floor((CACHED_MAX * share) / BLOCK);
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
      return this.#read(target, at, offset, length);
    } catch {
      return false; // git reports the cause when it reads the object
    }
  }

  /** The same without the cache, for bytes that are read once. */
  readOnce(target: Uint8Array, at: number, offset: number, length: number): boolean {
    try {
      return offset + length <= this.size && this.#fill(target, at, offset, length);
    } catch {
      return false;
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

  /** Where a block is in the cache; it is read if it is not there. */
  #placeOf(block: number): number {
    if (this.#blocks.length === 0) {
      const places = Math.min(Math.ceil(this.size / BLOCK), this.#places);
      // Pages that are never written take no memory.
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

  /** Frees the memory and the file; a later read opens the file again. */
  close(): void {
    this.#cache = Buffer.alloc(0);
    this.#blocks = new Int32Array(0);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

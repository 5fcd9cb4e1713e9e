/**
 * The compressed bytes of the next objects in memory. Objects that are read one after the other are far from each other in the pack,
 * because a delta is often far from its base. So the bytes of as many objects as there is room for are read at once, in the order of the
 * pack: each block is read once for all of them, neighbours together, and nothing else.
 */

import { LONG_ENTRY } from './assembly/memory.ts';
import type { PackReader } from './pack-reader.ts';

const BLOCK = 512;

/** So many blocks that nothing is read for cost less than another system call. */
const GAP = 4;

/** A block that is to be read; addresses in the memory are larger. */
const WANTED = 1;

export class PackWindow {
  readonly #memory: Uint8Array;
  readonly #from: number;
  /** How many blocks there is room for. */
  readonly #room: number;
  /** Longer entries are left out. */
  readonly #longest: number;
  #pack: PackReader | undefined;
  /** Where each block of the pack is in the memory; 0: it is not. */
  #places = new Uint32Array(0);
  /** The blocks that may be in the memory. */
  #first = 0;
  #last = -1;

  /** @param from where there is room in the memory, for so many bytes */
  constructor(memory: Uint8Array, from: number, size: number) {
    this.#memory = memory;
    this.#from = from;
    this.#room = Math.floor(size / BLOCK);
    this.#longest = Math.min(LONG_ENTRY, size / 4);
  }

  open(pack: PackReader): void {
    this.#pack = pack;
    this.#places = new Uint32Array(Math.ceil(pack.size / BLOCK) + 1);
    this.#last = -1;
  }

  /**
   * Reads the bytes of the objects from a number on, in place of those that were there.
   *
   * @param limit the number of the first object that is not wanted
   * @returns the number of the first object whose bytes are not there; at least one object is taken
   */
  fill(number: number, limit: number): number {
    const { starts, lengths } = this.#pack!.trees; // open
    const places = this.#places;
    places.fill(0, this.#first, this.#last + 1);
    this.#first = places.length;
    this.#last = -1;
    let left = this.#room;
    let next = number;
    for (; next < limit; next++) {
      const length = lengths[next]!;
      if (length === 0 || length > this.#longest) continue;
      const first = Math.floor(starts[next]! / BLOCK);
      const last = Math.floor((starts[next]! + length - 1) / BLOCK);
      let more = 0;
      for (let block = first; block <= last; block++) if (places[block] === 0) more++;
      if (more > left) break;
      left -= more;
      places.fill(WANTED, first, last + 1);
      if (first < this.#first) this.#first = first;
      if (last > this.#last) this.#last = last;
    }
    this.#readWanted(left);
    return next;
  }

  /** @param spare how many blocks more than are wanted there is room for */
  #readWanted(spare: number): void {
    const places = this.#places;
    let place = this.#from;
    let left = spare;
    for (let block = this.#first; block <= this.#last;) {
      if (places[block] !== WANTED) {
        block++;
        continue;
      }
      const first = block;
      let end = block + 1;
      for (let at = end; at <= this.#last && at - end <= Math.min(GAP, left); at++) {
        if (places[at] !== WANTED) continue;
        left -= at - end;
        end = at + 1;
      }
      const isRead = this.#read(first * BLOCK, (end - first) * BLOCK, place);
      for (let at = first; at < end; at++) places[at] = isRead ? place + (at - first) * BLOCK : 0;
      place += (end - first) * BLOCK;
      block = end;
    }
  }

  #read(offset: number, length: number, place: number): boolean {
    const pack = this.#pack!; // open
    return pack.read(this.#memory, place, offset, Math.min(length, pack.size - offset));
  }

  /** Where the bytes of an object are in the memory; 0: they are not, because they are many, or cannot be read. */
  placeOf(number: number): number {
    const { starts, lengths } = this.#pack!.trees; // open
    const length = lengths[number]!;
    if (length === 0 || length > this.#longest) return 0;
    const start = starts[number]!;
    const block = Math.floor(start / BLOCK);
    // Blocks of an entry are read together, unless the file is shorter than it was.
    const place = this.#places[block]!;
    return place === 0 ? 0 : place + (start - block * BLOCK);
  }
}

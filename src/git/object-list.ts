/** A list of objects of a repository: their ids and types, and where each is in the list. */

import type { ObjectType } from './objects.ts';
import { type SharedIds, SortedIds, type SortedObjects } from './sorted-ids.ts';

/** The types by their numbers in lists. */
export const listTypes: readonly ObjectType[] = ['blob', 'commit', 'tag', 'tree'];

/** What threads share of a list: its ids are sorted, or in a hash table. */
export interface SharedObjectList {
  readonly length: number;
  /** Bytes of an id. */
  readonly width: number;
  readonly ids: Uint8Array;
  readonly types: Uint8Array;
  readonly slots: Uint32Array | undefined;
  readonly sorted: SharedIds | undefined;
}

/** Millions of ids in little memory: bytes, not strings. */
export class ObjectList {
  readonly counts: Record<ObjectType, number> = { blob: 0, commit: 0, tag: 0, tree: 0 };
  /** Bytes of all objects together; undefined: nothing has read the sizes. */
  bytes: number | undefined = 0;
  length = 0;
  /** Bytes of an id: 20, or 32 with SHA-256. */
  #width = 20;
  #ids = sharedBytes(0);
  #types = sharedBytes(0);
  /** A hash table of indexes plus one, half of it empty. Built on the first search, when the list is complete. */
  #slots: Uint32Array | undefined;
  #sorted: SortedIds | undefined;
  #order: Uint32Array | undefined;

  /**
   * A list that is complete, and in the order of its ids. The sizes of its objects are unknown.
   *
   * @param order all indexes, in the order in which objects are read fastest
   */
  static sorted({ ids, types }: SortedObjects, order: Uint32Array): ObjectList {
    const list = new ObjectList();
    list.bytes = undefined;
    list.#setSorted(ids, types);
    list.#order = order;
    for (const type of types) list.counts[listTypes[type]!]++;
    return list;
  }

  /** The same list in another thread. */
  static from({ length, width, ids, types, slots, sorted }: SharedObjectList): ObjectList {
    const list = new ObjectList();
    list.length = length;
    list.#width = width;
    list.#ids = bufferOf(ids);
    list.#types = bufferOf(types);
    list.#slots = slots;
    if (sorted !== undefined) list.#setSorted(SortedIds.from(sorted), types);
    return list;
  }

  #setSorted(ids: SortedIds, types: Uint8Array): void {
    this.length = ids.length;
    this.#width = ids.width;
    this.#ids = bufferOf(ids.bytes);
    this.#types = bufferOf(types);
    this.#sorted = ids;
  }

  /** For other threads; nothing may be added any more. */
  get shared(): SharedObjectList {
    const { length, width, sorted } = this;
    if (sorted === undefined) this.#slots ??= this.#hashed();
    return { length, width, ids: this.#ids, types: this.#types, slots: this.#slots, sorted };
  }

  /** The ids, if the list is in their order. */
  get sorted(): SortedIds | undefined {
    return this.#sorted;
  }

  /** @param id hex */
  add(id: string, type: ObjectType, size: number): void {
    if (this.length === 0) this.#width = id.length / 2;
    if (this.length === this.#types.length) this.#grow(Math.max(1024, 2 * this.length));
    this.#ids.write(id, this.length * this.#width, 'hex');
    this.#types[this.length] = listTypes.indexOf(type);
    this.counts[type]++;
    this.length++;
    if (this.bytes !== undefined) this.bytes += size;
  }

  #grow(room: number): void {
    const ids = sharedBytes(room * this.#width);
    this.#ids.copy(ids);
    const types = sharedBytes(room);
    types.set(this.#types);
    this.#ids = ids;
    this.#types = types;
  }

  /** Bytes of an id. */
  get width(): number {
    return this.#width;
  }

  /** The index of an object; -1: it is not in the list. @param at where the id starts */
  find(id: Uint8Array, at = 0): number {
    if (this.#sorted !== undefined) return this.#sorted.find(id, at);
    this.#slots ??= this.#hashed();
    const mask = this.#slots.length - 1;
    for (let slot = hash(id, at) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0 || this.#isAt(index, id, at)) return index;
    }
  }

  #isAt(index: number, id: Uint8Array, at: number): boolean {
    const start = index * this.#width;
    // Calling a function of Node for twenty bytes would take longer.
    for (let byte = 0; byte < this.#width; byte++) if (this.#ids[start + byte] !== id[at + byte]) return false;
    return true;
  }

  #hashed(): Uint32Array {
    const slots = new Uint32Array(new SharedArrayBuffer(4 * 2 ** Math.ceil(Math.log2(2 * this.length + 2))));
    const mask = slots.length - 1;
    for (let index = 0; index < this.length; index++) {
      let slot = hash(this.#ids, index * this.#width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    return slots;
  }

  /** In hex. */
  id(index: number): string {
    return this.#ids.toString('hex', index * this.#width, (index + 1) * this.#width);
  }

  type(index: number): ObjectType {
    return listTypes[this.#types[index]!]!;
  }

  /** As {@link listTypes} has it. */
  typeNumber(index: number): number {
    return this.#types[index]!;
  }

  /** The indexes of all objects, in the order in which they are read fastest. */
  *inOrder(): Generator<number> {
    const order = this.#order;
    for (let at = 0; at < this.length; at++) yield order === undefined ? at : order[at]!;
  }
}

function sharedBytes(length: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(length));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Ids are hashes already. */
function hash(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

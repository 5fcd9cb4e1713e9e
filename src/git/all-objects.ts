/** Lists all objects of a repository, reachable or not, without their content. */

import type { ObjectType } from './objects.ts';
import { gitLineBatches, type GitOptions, gitStream } from './spawn.ts';

const TYPES: readonly ObjectType[] = ['blob', 'commit', 'tag', 'tree'];

/** What threads share of a list. */
export interface SharedObjectList {
  readonly length: number;
  /** Bytes of an id. */
  readonly width: number;
  readonly ids: SharedArrayBuffer;
  readonly types: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
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

  /** The same list in another thread. */
  static from({ length, width, ids, types, slots }: SharedObjectList): ObjectList {
    const list = new ObjectList();
    list.length = length;
    list.#width = width;
    list.#ids = Buffer.from(ids);
    list.#types = Buffer.from(types);
    list.#slots = new Uint32Array(slots);
    return list;
  }

  /** For other threads; nothing may be added any more. */
  get shared(): SharedObjectList {
    this.#slots ??= this.#hashed();
    return {
      length: this.length,
      width: this.#width,
      ids: this.#ids.buffer as SharedArrayBuffer, // as all three are made
      types: this.#types.buffer as SharedArrayBuffer,
      slots: this.#slots.buffer as SharedArrayBuffer,
    };
  }

  /** @param id hex */
  add(id: string, type: ObjectType, size: number): void {
    if (this.length === 0) this.#width = id.length / 2;
    this.#addBytes(Buffer.from(id, 'hex'), type);
    if (this.bytes !== undefined) this.bytes += size;
  }

  /** An empty list of objects whose sizes are unknown. @param room how many objects there are at most */
  static unsized(room: number, width: number): ObjectList {
    const list = new ObjectList();
    list.bytes = undefined;
    list.#width = width;
    list.#grow(room);
    list.#slots = emptySlots(room);
    return list;
  }

  /** Adds an object to a list of {@link unsized} objects, unless it is there. @param at where the id starts */
  addOnce(id: Uint8Array, type: ObjectType, at = 0): void {
    const slots = this.#slots!; // as `unsized` has made it
    const mask = slots.length - 1;
    let slot = hash(id, at) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) if (this.isAt(slots[slot]! - 1, id, at)) return;
    this.#addBytes(id, type, at);
    slots[slot] = this.length;
  }

  #addBytes(id: Uint8Array, type: ObjectType, at = 0): void {
    if (this.length === this.#types.length) this.#grow(Math.max(1024, 2 * this.length));
    const start = this.length * this.#width;
    for (let byte = 0; byte < this.#width; byte++) this.#ids[start + byte] = id[at + byte]!;
    this.#types[this.length] = TYPES.indexOf(type);
    this.counts[type]++;
    this.length++;
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
    this.#slots ??= this.#hashed();
    const mask = this.#slots.length - 1;
    for (let slot = hash(id, at) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0 || this.isAt(index, id, at)) return index;
    }
  }

  /** Whether an object of the list has an id. @param at where it starts */
  isAt(index: number, id: Uint8Array, at: number): boolean {
    const start = index * this.#width;
    // Calling a function of Node for twenty bytes would take longer.
    for (let byte = 0; byte < this.#width; byte++) if (this.#ids[start + byte] !== id[at + byte]) return false;
    return true;
  }

  #hashed(): Uint32Array {
    const slots = emptySlots(this.length);
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
    return TYPES[this.#types[index]!]!;
  }
}

function emptySlots(room: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * 2 ** Math.ceil(Math.log2(2 * room + 2))));
}

function sharedBytes(length: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(length));
}

/** Ids are hashes already. */
function hash(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

const DETAILS = '--batch-check=%(objectname) %(objecttype) %(objectsize)';

/**
 * Lists all objects in the order of their storage, each once: packed, loose, and those of alternates.
 *
 * @param onWarning receives warnings of git about packs and objects that it cannot read; these are not listed
 * @throws GitError
 */
export async function listAllObjects(options: GitOptions, onWarning: (text: string) => void): Promise<ObjectList> {
  return await listObjects(['--batch-all-objects', '--unordered'], undefined, options, onWarning);
}

/** Lists some objects, in the given order. @param ids hex @throws GitError */
export async function listSomeObjects(
  ids: readonly string[],
  options: GitOptions,
  onWarning: (text: string) => void,
): Promise<ObjectList> {
  if (ids.length === 0) return new ObjectList();
  return await listObjects([], ids.map((id) => `${id}\n`).join(''), options, onWarning);
}

async function listObjects(
  args: readonly string[],
  input: string | undefined,
  options: GitOptions,
  onWarning: (text: string) => void,
): Promise<ObjectList> {
  const list = new ObjectList();
  const withInput = { ...options, ...(input === undefined ? {} : { input }) };
  const warn = (line: Buffer): void => onWarning(line.toString('utf8'));
  for await (const lines of gitLineBatches(['cat-file', DETAILS, ...args], withInput, warn)) {
    for (const line of lines) {
      const [id, type, size] = line.split(' ');
      const objectType = TYPES.find((name) => name === type);
      if (objectType === undefined) onWarning(`object ${id}: ${type}`);
      else list.add(id!, objectType, Number(size));
    }
  }
  return list;
}

/** The ids of all objects, sorted: hex, each with its line feed. @throws GitError */
export async function sortedIds(options: GitOptions, onWarning: (text: string) => void): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const args = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'];
  for await (const piece of gitStream(args, options, (line) => onWarning(line.toString('utf8')))) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * Visits the objects that refs, reflogs and the index lead to.
 *
 * @param complete commits whose objects are all in the repository
 * @param visit receives each object; `isMissing`: others refer to it, but the repository does not have it
 * @throws GitError
 */
export async function walkReachable(
  options: GitOptions,
  complete: readonly string[],
  visit: (id: string, isMissing: boolean) => void,
): Promise<void> {
  const input = complete.map((id) => `^${id}\n`).join('');
  await walk(['--all', '--reflog', '--indexed-objects'], { ...options, input }, visit);
}

/** The same for the objects that only the index leads to. */
export async function walkIndexed(options: GitOptions, visit: (id: string, isMissing: boolean) => void): Promise<void> {
  await walk(['--indexed-objects'], { ...options, input: '' }, visit);
}

async function walk(
  tips: readonly string[],
  options: GitOptions,
  visit: (id: string, isMissing: boolean) => void,
): Promise<void> {
  const args = ['rev-list', '--objects', '--no-object-names', ...tips, '--missing=print', '--stdin'];
  for await (const lines of gitLineBatches(args, options)) {
    for (const line of lines) {
      const isMissing = line.startsWith('?');
      visit(isMissing ? line.slice(1) : line, isMissing);
    }
  }
}

/** Lists all objects of a repository, reachable or not, without their content. */

import type { ObjectType } from './objects.ts';
import { gitLineBatches, type GitOptions, gitStream } from './spawn.ts';

const TYPES: readonly ObjectType[] = ['blob', 'commit', 'tag', 'tree'];

/** Millions of ids in little memory: bytes, not strings. */
export class ObjectList {
  readonly counts: Record<ObjectType, number> = { blob: 0, commit: 0, tag: 0, tree: 0 };
  /** Bytes of all objects together. */
  bytes = 0;
  length = 0;
  /** Bytes of an id: 20, or 32 with SHA-256. */
  #width = 20;
  #ids: Buffer = Buffer.alloc(0);
  #types: Uint8Array = new Uint8Array(0);
  /** Built on the first search, when the list is complete. */
  #slots: Uint32Array | undefined;

  /** @param id hex */
  add(id: string, type: ObjectType, size: number): void {
    if (this.length === 0) this.#width = id.length / 2;
    if (this.length === this.#types.length) this.#grow();
    this.#ids.write(id, this.length * this.#width, 'hex');
    this.#types[this.length] = TYPES.indexOf(type);
    this.counts[type]++;
    this.bytes += size;
    this.length++;
  }

  #grow(): void {
    const room = Math.max(1024, 2 * this.length);
    const ids = Buffer.alloc(room * this.#width);
    this.#ids.copy(ids);
    const types = new Uint8Array(room);
    types.set(this.#types);
    this.#ids = ids;
    this.#types = types;
  }

  /** Bytes of an id. */
  get width(): number {
    return this.#width;
  }

  /** The index of an object; -1: it is not in the list. */
  find(id: Uint8Array): number {
    this.#slots ??= this.#hashed();
    const mask = this.#slots.length - 1;
    for (let slot = hash(id, 0) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return -1;
      const start = index * this.#width;
      if (this.#ids.compare(id, 0, this.#width, start, start + this.#width) === 0) return index;
    }
  }

  /** A hash table of indexes plus one; half of it is empty. */
  #hashed(): Uint32Array {
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.length + 2)));
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
  const args = [
    'rev-list',
    '--objects',
    '--no-object-names',
    '--all',
    '--reflog',
    '--indexed-objects',
    '--missing=print',
    '--stdin',
  ];
  const input = complete.map((id) => `^${id}\n`).join('');
  for await (const lines of gitLineBatches(args, { ...options, input })) {
    for (const line of lines) {
      const isMissing = line.startsWith('?');
      visit(isMissing ? line.slice(1) : line, isMissing);
    }
  }
}

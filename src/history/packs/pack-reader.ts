/** A pack: its file, its index, and the trees in which its objects are scanned (`pack-scanner.ts`). */

import { statSync } from 'node:fs';
import { listTypes, type ObjectList } from '../../git/object-list.ts';
import { SortedIds, type SortedObjects } from '../../git/sorted-ids.ts';
import { type DeltaTrees, IS_MADE, readDeltaTrees, TYPES } from './delta-trees.ts';
import { PackFile } from './pack-file.ts';
import { type PackIndex, parsePackIndex, readIndexFile } from './pack-index.ts';

/** A pack as one thread hands it to another: all of it is shared memory, so nothing is copied. */
export interface SharedPack {
  /** Without the ending `.pack`. */
  readonly path: string;
  /** Bytes of an id. */
  readonly width: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly index: ArrayBufferLike;
  readonly trees: DeltaTrees;
}

export class PackReader {
  readonly #file: PackFile;
  readonly #index: PackIndex;
  readonly #shared: SharedPack;
  readonly trees: DeltaTrees;
  #objects: SortedObjects | undefined;

  private constructor(shared: SharedPack, file: PackFile, index: PackIndex) {
    this.#shared = shared;
    this.#file = file;
    this.#index = index;
    this.trees = shared.trees;
  }

  /** Opens a shared pack in another thread. */
  static from(shared: SharedPack): PackReader {
    const index = parsePackIndex(Buffer.from(shared.index), shared.width);
    if (index === undefined) throw new Error('the index of a shared pack cannot be parsed');
    return new PackReader(shared, new PackFile(`${shared.path}.pack`, shared.size, index.check), index);
  }

  /** Everything that another thread needs to read the pack. */
  get shared(): SharedPack {
    return this.#shared;
  }

  /**
   * @param path of the pack, without its ending
   * @param width bytes of an id
   * @returns undefined when the pack or its index is missing, damaged or unreadable
   */
  static open(path: string, width: number): PackReader | undefined {
    let file: PackFile | undefined;
    try {
      const bytes = readIndexFile(`${path}.idx`);
      const index = parsePackIndex(bytes, width);
      if (index === undefined) return undefined;
      const { size } = statSync(`${path}.pack`);
      file = new PackFile(`${path}.pack`, size, index.check);
      if (!file.isPackOf(index.length)) return undefined;
      const trees = readDeltaTrees(file, index);
      return new PackReader({ path, width, size, index: bytes.buffer, trees }, file, index);
    } catch {
      // Git reports the cause when it reads the objects.
      return undefined;
    } finally {
      file?.close();
    }
  }

  /** Whether some deltas form a cycle, in which git would search for a base for ever. */
  get hasCycle(): boolean {
    return this.trees.hasCycle;
  }

  get length(): number {
    return this.trees.length;
  }

  /** Bytes of an id. */
  get width(): number {
    return this.#shared.width;
  }

  /** @returns a function that returns the place of an object in a list by its number; -1: it is not there */
  placesIn(list: ObjectList): (number: number) => number {
    const { inIndex } = this.trees;
    const { ids, width } = this.#index;
    if (list.sorted !== undefined && list.sorted === this.#objects?.ids) return (number) => inIndex[number]!;
    return (number) => list.find(ids, inIndex[number]! * width);
  }

  close(): void {
    this.#file.close();
  }

  /** Reads bytes of the pack to a place in memory. False: they cannot be read. */
  read(target: Uint8Array, at: number, offset: number, length: number): boolean {
    return this.#file.read(target, at, offset, length);
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#file.size;
  }

  /** Valid as long as the reader. */
  id(number: number): Buffer {
    return this.#index.id(this.trees.inIndex[number]!);
  }

  /** Visits the ids in the order of the numbers. */
  eachId(visit: (bytes: Uint8Array, at: number) => void): void {
    const { ids, width } = this.#index;
    for (const index of this.trees.inIndex) visit(ids, index * width);
  }

  /** All objects; undefined: one has no type that can be read, or the index is out of order. */
  get objects(): SortedObjects | undefined {
    this.#objects ??= this.#sortedObjects();
    return this.#objects;
  }

  #sortedObjects(): SortedObjects | undefined {
    const { types, inIndex, length } = this.trees;
    const ids = SortedIds.of(this.#index.ids, this.width);
    if (ids === undefined) return undefined;
    const numbers = TYPES.map((type) => (type === undefined ? 0 : listTypes.indexOf(type)));
    const ownTypes = new Uint8Array(new SharedArrayBuffer(length));
    for (let number = 0; number < length; number++) {
      const type = types[number]! & ~IS_MADE;
      if (TYPES[type] === undefined) return undefined;
      ownTypes[inIndex[number]!] = numbers[type]!;
    }
    return { ids, types: ownTypes };
  }
}

/**
 * Reads every object of a pack once, each in full, straight from the file: tree by tree, and each tree depth first, so that every delta
 * is applied once, to a base that is still in memory. An object that is too large, unusual or damaged is skipped, with all objects made
 * from it: git itself reads those (`git/objects.ts`).
 */

import { statSync } from 'node:fs';
import type { ObjectList } from '../../git/all-objects.ts';
import type { ObjectType } from '../../git/objects.ts';
import { OBJECT_MAX, REFUSED, SLACK, TOO_MANY_RANGES } from './assembly/memory.ts';
import { type DeltaTrees, readDeltaTrees, TYPES } from './delta-trees.ts';
import { PackFile } from './pack-file.ts';
import { type PackIndex, parsePackIndex, readIndexFile } from './pack-index.ts';
import type { ChunkBoundaries, Derivation } from './prefilter-text.ts';
import type { Unpacker } from './unpacker.ts';

/** An object while its text is in memory. */
export interface PackedObject<Memo> {
  /** Its position among the objects of the pack. */
  readonly number: number;
  readonly type: ObjectType;
  /** Valid during the visit. */
  readonly text: Uint8Array;
  /** How it was made from its base, and what the visit of that returned; none if it is whole, or has more copy ranges than are recorded. */
  readonly derivation?: (Omit<Derivation, 'base'> & { readonly base: Memo }) | undefined;
}

/** Returns what is to be remembered of the object while others are made from it. */
export type Visit<Memo> = (object: PackedObject<Memo>) => Memo;

/** Where the objects of a pack go. */
export interface Visitor<Memo> {
  readonly visit: Visit<Memo>;
  /** Receives each object that is skipped because it, or an object that it is made from, is too large. */
  readonly onLarge?: (number: number) => void;
}

/** A text in memory, some of whose children are still to be visited. */
interface Frame<Memo> {
  readonly type: ObjectType;
  start: number;
  readonly size: number;
  /** Memory from here to `start` is free. */
  floor: number;
  /** The next child to visit; -1: none. */
  child: number;
  readonly memo: Memo;
}

/** A text that was made from a delta, in memory. */
interface MadeText {
  readonly start: number;
  readonly size: number;
  /** Memory from here to `start` is free. */
  readonly floor: number;
  /** How many copy ranges it has. */
  readonly count: number;
}

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

/** Bytes of text after which a visit pauses: about a millisecond. An object counts as some more. */
const PAUSE_EVERY = 1024 * 1024;
const OBJECT_COST = 4096;

export class PackReader {
  readonly #file: PackFile;
  readonly #index: PackIndex;
  readonly #trees: DeltaTrees;
  readonly #shared: SharedPack;
  /** How much was read since the last pause. */
  #sincePause = 0;

  private constructor(shared: SharedPack, file: PackFile, index: PackIndex) {
    this.#shared = shared;
    this.#file = file;
    this.#index = index;
    this.#trees = shared.trees;
  }

  /** Opens a shared pack in another thread. @param share of the memory for packs, from 0 to 1 */
  static from(shared: SharedPack, share: number): PackReader {
    const index = parsePackIndex(Buffer.from(shared.index), shared.width);
    if (index === undefined) throw new Error('the index of a shared pack cannot be parsed');
    return new PackReader(shared, new PackFile(`${shared.path}.pack`, shared.size, index.check, share), index);
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
    return this.#trees.hasCycle;
  }

  get length(): number {
    return this.#trees.length;
  }

  /** Bytes of an id. */
  get width(): number {
    return this.#shared.width;
  }

  /** The place of an object in a list; -1: it is not there. */
  findIn(list: ObjectList, number: number): number {
    return list.find(this.#index.bytes, this.#index.idStart(this.#trees.inIndex[number]!));
  }

  close(): void {
    this.#file.close();
  }

  /** The numbers of all objects. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.length; number++) yield number;
  }

  /** Valid as long as the reader. */
  id(number: number): Buffer {
    return this.#index.id(this.#trees.inIndex[number]!);
  }

  /** Adds all objects to a list. False: an object has no type that can be read. */
  addTo(list: ObjectList): boolean {
    const { types, inIndex } = this.#trees;
    const rootTypes = new Uint8Array(this.length);
    for (const root of this.numbers())
      if (TYPES[types[root]!] !== undefined)
        for (const number of this.#madeFrom(root)) rootTypes[number] = types[root]!;
    for (let number = 0; number < this.length; number++) {
      const type = TYPES[rootTypes[number]!];
      if (type === undefined) return false;
      list.addOnce(this.#index.bytes, type, this.#index.idStart(inIndex[number]!));
    }
    return true;
  }

  /** An object, and all that are made from it. */
  #madeFrom(first: number): number[] {
    const { firstChild, nextSibling } = this.#trees;
    const all = [first];
    for (let at = 0; at < all.length; at++)
      for (let child = firstChild[all[at]!]!; child >= 0; child = nextSibling[child]!) all.push(child);
    return all;
  }

  /**
   * Visits whole delta trees. Yields now and then, so that the caller can do something else.
   *
   * @param numbers objects whose trees are visited if they are roots; default all
   */
  *visitTrees<Memo>(unpacker: Unpacker, visitor: Visitor<Memo>, numbers = this.numbers()): Generator<void> {
    const { types } = this.#trees;
    for (const root of numbers) {
      const type = TYPES[types[root]!];
      if (type === undefined) continue;
      yield* this.#visitTree(root, type, unpacker, visitor);
    }
  }

  *#visitTree<Memo>(root: number, type: ObjectType, unpacker: Unpacker, visitor: Visitor<Memo>): Generator<void> {
    const { visit } = visitor;
    const { sizes, firstChild, nextSibling } = this.#trees;
    const { texts, copyRanges, bytes } = unpacker;
    const size = sizes[root]!;
    if (size > OBJECT_MAX) this.#skipLarge(root, visitor);
    if (size > OBJECT_MAX || !this.#inflate(root, unpacker, texts)) return;
    const path: Frame<Memo>[] = [
      {
        type,
        start: texts,
        size,
        floor: texts,
        child: firstChild[root]!,
        memo: visit({ number: root, type, text: bytes.subarray(texts, texts + size) }),
      },
    ];
    if (this.#isPauseDue(size)) yield;
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const number = frame.child;
      if (number < 0) {
        path.pop();
        continue;
      }
      frame.child = nextSibling[number]!;
      const isLast = frame.child < 0;
      const made = this.#unpackDelta(number, frame, isLast, unpacker);
      // Nothing else is made from this base.
      if (isLast) path.pop();
      if (made === 'too large') this.#skipLarge(number, visitor);
      if (made === undefined || made === 'too large') continue;
      const derivation =
        made.count === TOO_MANY_RANGES
          ? undefined
          : {
              base: frame.memo,
              copyRanges: copyRanges.subarray(0, 3 * made.count),
              changedRegions: (boundaries: ChunkBoundaries) => unpacker.changedRegions(made, boundaries),
            };
      const memo = visit({ number, type, text: bytes.subarray(made.start, made.start + made.size), derivation });
      const child = firstChild[number]!;
      if (child >= 0) path.push({ type, start: made.start, size: made.size, floor: made.floor, child, memo });
      if (this.#isPauseDue(made.size)) yield;
    }
  }

  /** A generator that pauses for each object would take as long as the rest of this loop. */
  #isPauseDue(size: number): boolean {
    this.#sincePause += size + OBJECT_COST;
    if (this.#sincePause < PAUSE_EVERY) return false;
    this.#sincePause = 0;
    return true;
  }

  #skipLarge<Memo>(first: number, { onLarge }: Visitor<Memo>): void {
    if (onLarge !== undefined) for (const number of this.#madeFrom(first)) onLarge(number);
  }

  /** Makes a text from its base and a delta; undefined when the delta is damaged. */
  #unpackDelta<Memo>(
    number: number,
    frame: Frame<Memo>,
    isLast: boolean,
    unpacker: Unpacker,
  ): MadeText | 'too large' | undefined {
    const { end } = unpacker;
    const deltaSize = this.#trees.sizes[number]!;
    if (deltaSize > OBJECT_MAX) return 'too large';
    if (!this.#inflate(number, unpacker, unpacker.delta)) return undefined;
    const size = unpacker.targetSize(deltaSize, frame.size);
    if (size === REFUSED) return undefined;
    if (size > OBJECT_MAX) return 'too large';
    const need = size + SLACK;
    let start = aligned(frame.start + frame.size + SLACK);
    // The space before the base is free: if nothing else needs the base, the text may go there.
    if (isLast && frame.floor + need <= frame.start) start = frame.floor;
    else if (start + need > end) {
      unpacker.bytes.copyWithin(frame.floor, frame.start, frame.start + frame.size);
      frame.start = frame.floor;
      start = aligned(frame.start + frame.size + SLACK);
      if (start + need > end) return 'too large';
    }
    const count = unpacker.applyDelta({ base: frame.start, baseSize: frame.size, deltaSize, target: start });
    if (count === REFUSED) return undefined;
    return { start, size, floor: isLast ? frame.floor : start, count };
  }

  /** Inflates an entry of the pack to a place in memory. */
  #inflate(number: number, unpacker: Unpacker, target: number): boolean {
    const { starts, lengths, sizes } = this.#trees;
    const length = Math.min(lengths[number]!, OBJECT_MAX);
    const { bytes, input } = unpacker;
    if (!this.#file.read(bytes, input, starts[number]!, length)) return false;
    // The next entry must follow immediately; anything between them means damage.
    return unpacker.inflate({ source: input, length, target, size: sizes[number]! }) === lengths[number];
  }
}

function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/**
 * Reads every object of a pack once, each in full, straight from the file: family by family, and in a family depth first, so
 * that each delta is applied once, to a base that is still there. What is too large, odd or damaged is passed over, with
 * everything that is made of it: git itself reads those (`../objects.ts`).
 */

import { statSync } from 'node:fs';
import type { ChangedRegions, ChunkBoundaries } from './prefilter-types.ts';
import type { ObjectType } from '../../git/objects.ts';
import { type DeltaTrees, readDeltaTrees, TYPES } from './delta-trees.ts';
import { PackFile } from './pack-file.ts';
import { type PackIndex, parsePackIndex, readIndexFile } from './pack-index.ts';
import { MANY_PIECES, OBJECT_MAX, REFUSED, SLACK } from './assembly/memory.ts';
import type { Unpacker } from './unpacker.ts';

/** An object while its text is there. */
export interface PackedObject<Memo> {
  /** Its place in the pack. */
  readonly number: number;
  readonly id: Buffer;
  readonly type: ObjectType;
  /** Valid during the visit. */
  readonly text: Uint8Array;
  /** What the visit of its base gave; absent where it stands for itself. */
  readonly base?: Memo;
  /** Three numbers for each piece that it is made of: where it begins, its length, and where it stood in the base. */
  readonly pieces?: Uint32Array;
  /** What of it is not, in one piece, in the base. */
  readonly gather?: (seams: ChunkBoundaries) => ChangedRegions | undefined;
}

/** What is remembered of an object while others are made of it. */
export type Visit<Memo> = (object: PackedObject<Memo>) => Memo;

/** A text in memory whose family is on its way. */
interface Frame<Memo> {
  readonly type: ObjectType;
  start: number;
  readonly size: number;
  /** Memory from here to `start` is free. */
  floor: number;
  child: number;
  readonly memo: Memo;
}

/** A pack as threads hand it to each other: all of it is shared, and nothing copied. */
export interface SharedPack {
  /** Without its ending. */
  readonly path: string;
  /** Bytes of an id. */
  readonly width: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly index: ArrayBufferLike;
  readonly families: DeltaTrees;
}

export class PackReader {
  readonly #file: PackFile;
  readonly #index: PackIndex;
  readonly #families: DeltaTrees;
  readonly #shared: SharedPack;

  private constructor(shared: SharedPack, file: PackFile, index: PackIndex) {
    this.#shared = shared;
    this.#file = file;
    this.#index = index;
    this.#families = shared.families;
  }

  /** The same pack, in another thread. @param share of the memory that packs may take, from 0 to 1 */
  static from(shared: SharedPack, share: number): PackReader {
    const index = parsePackIndex(Buffer.from(shared.index), shared.width);
    if (index === undefined) throw new Error('a pack that was read once has no index');
    return new PackReader(shared, new PackFile(`${shared.path}.pack`, shared.size, index.check, share), index);
  }

  /** What another thread needs to read it. */
  get shared(): SharedPack {
    return this.#shared;
  }

  /**
   * @param path of the pack, without its ending
   * @param width bytes of an id
   * @returns undefined where pack or index are none, are gone, or cannot be read
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
      const families = readDeltaTrees(file, index);
      return new PackReader({ path, width, size, index: bytes.buffer, families }, file, index);
    } catch {
      // Whatever it was, git tells of it when it reads the objects.
      return undefined;
    } finally {
      file?.close();
    }
  }

  /** Whether objects are made of each other: git never ends to look for their beginning. */
  get hasRing(): boolean {
    return this.#families.hasRing;
  }

  get length(): number {
    return this.#families.length;
  }

  close(): void {
    this.#file.close();
  }

  /** All of its objects. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.length; number++) yield number;
  }

  /** Valid as long as the reader. */
  id(number: number): Buffer {
    return this.#index.id(this.#families.inIndex[number]!);
  }

  /**
   * Visits families; after each object there is time for others.
   *
   * @param numbers whose families, where they stand for themselves; default all
   */
  *families<Memo>(unpacker: Unpacker, visit: Visit<Memo>, numbers = this.numbers()): Generator<void> {
    const { types } = this.#families;
    for (const root of numbers) {
      const type = TYPES[types[root]!];
      if (type === undefined) continue;
      yield* this.#family(root, type, unpacker, visit);
    }
  }

  *#family<Memo>(root: number, type: ObjectType, unpacker: Unpacker, visit: Visit<Memo>): Generator<void> {
    const { sizes, firstChild, nextSibling } = this.#families;
    const { texts, pieces } = unpacker;
    const size = sizes[root]!;
    if (size > OBJECT_MAX || !this.#inflate(root, unpacker, texts)) return;
    const path: Frame<Memo>[] = [
      {
        type,
        start: texts,
        size,
        floor: texts,
        child: firstChild[root]!,
        memo: visit(this.#object(root, type, unpacker, texts, size)),
      },
    ];
    yield;
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const number = frame.child;
      if (number < 0) {
        path.pop();
        continue;
      }
      frame.child = nextSibling[number]!;
      const isLast = frame.child < 0;
      const made = this.#unpackDelta(number, frame, isLast, unpacker);
      // Its base need not be kept.
      if (isLast) path.pop();
      if (made === undefined) continue;
      const object = this.#object(number, type, unpacker, made.start, made.size);
      const memo = visit({
        ...object,
        base: frame.memo,
        ...(made.count === MANY_PIECES
          ? {}
          : {
              pieces: pieces.subarray(0, 3 * made.count),
              gather: (seams: ChunkBoundaries) => unpacker.gather(made.start, made.size, made.count, seams),
            }),
      });
      const child = firstChild[number]!;
      if (child >= 0) path.push({ type, start: made.start, size: made.size, floor: made.floor, child, memo });
      yield;
    }
  }

  /** What a delta makes of its base; undefined: nothing that can be trusted, or nothing there is room for. */
  #unpackDelta<Memo>(
    number: number,
    frame: Frame<Memo>,
    isLast: boolean,
    unpacker: Unpacker,
  ): { readonly start: number; readonly size: number; readonly floor: number; readonly count: number } | undefined {
    const { end } = unpacker;
    const deltaSize = this.#families.sizes[number]!;
    if (deltaSize > OBJECT_MAX || !this.#inflate(number, unpacker, unpacker.delta)) return undefined;
    const size = unpacker.targetSize(deltaSize, frame.size);
    if (size === REFUSED || size > OBJECT_MAX) return undefined;
    const need = size + SLACK;
    let start = place(frame.start + frame.size + SLACK);
    // Where its base is not needed any more, it may stand before it.
    if (isLast && frame.floor + need <= frame.start) start = frame.floor;
    else if (start + need > end) {
      unpacker.bytes.copyWithin(frame.floor, frame.start, frame.start + frame.size);
      frame.start = frame.floor;
      start = place(frame.start + frame.size + SLACK);
      if (start + need > end) return undefined;
    }
    const count = unpacker.apply(frame.start, frame.size, deltaSize, start);
    if (count === REFUSED) return undefined;
    return { start, size, floor: isLast ? frame.floor : start, count };
  }

  /** Inflates what stands in the pack to a place in memory. */
  #inflate(number: number, unpacker: Unpacker, target: number): boolean {
    const { starts, lengths, sizes } = this.#families;
    const length = Math.min(lengths[number]!, OBJECT_MAX);
    const { bytes, input } = unpacker;
    if (!this.#file.read(bytes, input, starts[number]!, length)) return false;
    // Behind it stands the next object; something else may not stand there.
    return unpacker.inflate(input, length, target, sizes[number]!) === lengths[number];
  }

  #object<Memo>(
    number: number,
    type: ObjectType,
    { bytes }: Unpacker,
    start: number,
    size: number,
  ): PackedObject<Memo> {
    return {
      number,
      id: this.id(number),
      type,
      text: bytes.subarray(start, start + size),
    };
  }
}

function place(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/**
 * Scans packs in one thread: the assembly reads every object once (`assembly/scan-trees.ts`). This is its host, which hands it bytes of the
 * pack and records of the next objects, and is asked about the few texts that may have a candidate.
 */

import {
  ASKS_ALWAYS,
  COLLECTS_LINKS,
  RECORD_BYTES,
  RECORD_ENDS,
  RECORD_LENGTHS,
  RECORD_SIZES,
  RECORD_STARTS,
  RECORD_TYPES,
  RECORD_VERDICTS,
  RECORDS_MAX,
  WIDTH,
} from './assembly/memory.ts';
import { IS_MADE, TYPES } from './delta-trees.ts';
import type { LinkCheck } from './links.ts';
import type { PackReader } from './pack-reader.ts';
import type { Prefilter, PrefilterText } from './prefilter.ts';
import { Unpacker } from './unpacker.ts';

/** The verdicts on all objects of a pack, by their numbers; threads share them. */
export interface Verdicts {
  /** A `Verdict` for each object. */
  readonly kinds: Uint8Array;
  /** How many bytes of each object were scanned. */
  readonly bytes: Uint32Array;
  /** One number: the next object that no thread has taken. */
  readonly next: Int32Array;
}

export function createVerdicts(length: number): Verdicts {
  return {
    kinds: new Uint8Array(new SharedArrayBuffer(length)),
    bytes: new Uint32Array(new SharedArrayBuffer(4 * length)),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
}

export interface PackScannerOptions {
  readonly prefilter: Prefilter;
  /** Part of the memory for packs, from 0 to 1; default all. */
  readonly share?: number;
  readonly module?: WebAssembly.Module | undefined;
  /** Absent: no links are followed. */
  readonly links?: LinkCheck | undefined;
  /** Replaces the question to the prefilter, and is then asked about every text: for tests. */
  readonly onText?: (number: number, text: PrefilterText) => boolean;
}

/** Bytes of texts after which a scan pauses: milliseconds. */
const PAUSE_EVERY = 16 * 1024 * 1024;

/** Neighbours that a thread takes at once. */
const BATCH = 256;

export class PackScanner {
  readonly #unpacker: Unpacker;
  readonly #options: PackScannerOptions;
  #pack: PackReader | undefined;
  #verdicts: Verdicts | undefined;
  /** The first object of the window of records; -1: there is no window. */
  #window = -1;

  constructor(options: PackScannerOptions) {
    this.#options = options;
    const { prefilter, share = 1, module, links, onText } = options;
    this.#unpacker = new Unpacker(
      {
        read: (offset, length, target) => this.#read(offset, length, target),
        load: (number) => this.#load(number),
        check: (...args) => this.#check(...args),
        follow: (count) => this.#follow(count >>> 0),
      },
      module,
      links?.room,
    );
    if (!this.#unpacker.prepareSearch(prefilter.search, share)) throw new Error('the needles have no room');
    if (links !== undefined) {
      this.#unpacker.set(COLLECTS_LINKS, 1);
      links.attach(this.#unpacker);
    }
    if (onText !== undefined) this.#unpacker.set(ASKS_ALWAYS, 1);
  }

  /** Scans until no tree of the pack is left. Yields now and then, so that the caller can do something else. */
  *scan(pack: PackReader, verdicts: Verdicts): Generator<void> {
    const { exports } = this.#unpacker;
    this.#pack = pack;
    this.#verdicts = verdicts;
    this.#unpacker.set(WIDTH, pack.width);
    exports.openPack();
    for (let from = take(verdicts); from < pack.length; from = take(verdicts)) {
      const limit = Math.min(pack.length, from + BATCH);
      const root = firstRoot(pack.trees.types, from, limit);
      exports.begin(root);
      while (exports.scan(limit, PAUSE_EVERY) === 0) yield;
      this.#keep(exports.reached());
    }
    exports.followAll();
    this.#options.links?.keepNamed();
    pack.close();
  }

  #read(offset: number, length: number, target: number): boolean {
    const pack = this.#pack!; // the assembly runs only in `scan`
    return pack.read(this.#unpacker.bytes, target, offset, Math.min(length, pack.size - offset));
  }

  #load(number: number): void {
    this.#keep(number);
    const { starts, lengths, sizes, ends, types, length } = this.#pack!.trees;
    const { buffer } = this.#unpacker.bytes;
    const end = Math.min(length, number + RECORDS_MAX);
    const count = end - number;
    new Float64Array(buffer, RECORD_STARTS, count).set(starts.subarray(number, end));
    new Uint32Array(buffer, RECORD_LENGTHS, count).set(lengths.subarray(number, end));
    new Uint32Array(buffer, RECORD_SIZES, count).set(sizes.subarray(number, end));
    new Uint32Array(buffer, RECORD_ENDS, count).set(ends.subarray(number, end));
    new Uint8Array(buffer, RECORD_TYPES, count).set(types.subarray(number, end));
    this.#unpacker.bytes.fill(0, RECORD_VERDICTS, RECORD_VERDICTS + count);
    this.#window = number;
  }

  /** Keeps the verdicts of the window, on the objects before `end`, and forgets the window. */
  #keep(end: number): void {
    const from = this.#window;
    if (from < 0) return;
    this.#window = -1;
    const count = Math.min(end - from, RECORDS_MAX);
    const { kinds, bytes } = this.#verdicts!;
    const { buffer } = this.#unpacker.bytes;
    kinds.set(new Uint8Array(buffer, RECORD_VERDICTS, count), from);
    bytes.set(new Uint32Array(buffer, RECORD_BYTES, count), from);
  }

  #check(
    number: number,
    type: number,
    at: number,
    size: number,
    hitsAt: number,
    count: number,
    doubts: number,
  ): boolean {
    const { bytes } = this.#unpacker;
    const { prefilter, onText } = this.#options;
    const text = {
      type: TYPES[type]!, // only objects with a type are read
      bytes: bytes.subarray(at, at + size),
      hits: new Uint32Array(bytes.buffer, hitsAt, 2 * count),
      doubts,
    };
    return onText === undefined ? prefilter.isUnclean(text) : onText(number, text);
  }

  #follow(count: number): void {
    if (!this.#options.links!.follow(this.#unpacker.bytes, count)) this.#unpacker.set(COLLECTS_LINKS, 0);
  }
}

function take({ next }: Verdicts): number {
  return Atomics.add(next, 0, BATCH);
}

/** The first object from there on that is stored whole. */
function firstRoot(types: Uint8Array, from: number, limit: number): number {
  let root = from;
  while (root < limit && (types[root]! & IS_MADE) !== 0) root++;
  return root;
}

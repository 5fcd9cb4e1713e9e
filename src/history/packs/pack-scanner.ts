/**
 * Scans packs in one thread: the assembly reads every object once (`assembly/scan-trees.ts`). This is its host, which hands it bytes of the
 * pack and records of the next objects, and is asked about the few texts that may have a candidate.
 */

import {
  ASKS_ALWAYS,
  COLLECTS_LINKS,
  INPUT,
  RECORD_BYTES,
  RECORD_ENDS,
  RECORD_LENGTHS,
  RECORD_PLACES,
  RECORD_SIZES,
  RECORD_TYPES,
  RECORD_VERDICTS,
  RECORDS_MAX,
  WIDTH,
  WINDOW,
  WINDOW_SIZE,
} from './assembly/memory.ts';
import { TYPES } from './delta-trees.ts';
import type { LinkCheck } from './links.ts';
import { costOf, type PackParts, partsOf } from './pack-parts.ts';
import type { PackReader } from './pack-reader.ts';
import { PackWindow } from './pack-window.ts';
import type { Prefilter, PrefilterText } from './prefilter.ts';
import { Unpacker } from './unpacker.ts';

/** The verdicts on all objects of a pack, by their numbers; threads share them. */
export interface Verdicts {
  /** A verdict for each object (`verdict.ts`). */
  readonly kinds: Uint8Array;
  /** How many bytes of each object were scanned. */
  readonly bytes: Uint32Array;
  readonly parts: PackParts;
  /** Two numbers: the next part that no thread has taken, and the cost of what was scanned ({@link costOf}), in KiB. */
  readonly progress: Int32Array;
}

const KIB = 1024;
const NEXT = 0;
const DONE = 1;

/** @param threads that scan the pack */
export function createVerdicts({ trees }: PackReader, threads = 1): Verdicts {
  return {
    kinds: new Uint8Array(new SharedArrayBuffer(trees.length)),
    bytes: new Uint32Array(new SharedArrayBuffer(4 * trees.length)),
    parts: partsOf(trees, threads),
    progress: new Int32Array(new SharedArrayBuffer(8)),
  };
}

/** How much of the pack was scanned: its cost in bytes, roughly. */
export function costScanned({ progress }: Verdicts): number {
  return Atomics.load(progress, DONE) * KIB;
}

export interface PackScannerOptions {
  readonly prefilter: Prefilter;
  /** Part of the memory for packs, from 0 to 1; default all. */
  readonly share?: number;
  readonly module?: WebAssembly.Module | undefined;
  /** Absent: no links are followed. */
  readonly links?: LinkCheck | undefined;
  /** Replaces the question to the prefilter, and is then asked about every text: for tests. */
  readonly onText?: (number: number, text: PrefilterText) => number;
}

/** Bytes of texts after which a scan pauses: milliseconds. */
const PAUSE_EVERY = 16 * 1024 * 1024;

export class PackScanner {
  readonly #unpacker: Unpacker;
  readonly #window: PackWindow;
  /** The first object whose bytes are not in the window, and the first one that this thread does not scan. */
  #end = 0;
  #limit = 0;
  readonly #options: PackScannerOptions;
  #pack: PackReader | undefined;
  #verdicts: Verdicts | undefined;
  /** The first object of the window of records; -1: there is no window. */
  #first = -1;

  constructor(options: PackScannerOptions) {
    this.#options = options;
    const { prefilter, share = 1, module, links, onText } = options;
    this.#unpacker = new Unpacker(
      {
        read: (number) => this.#read(number),
        load: (number) => this.#load(number),
        check: (...args) => this.#check(...args),
        follow: (count) => this.#follow(count >>> 0),
      },
      module,
      links?.room,
    );
    if (!this.#unpacker.prepareSearch(prefilter.search)) throw new Error('the needles have no room');
    this.#window = new PackWindow(this.#unpacker.bytes, WINDOW, WINDOW_SIZE * share);
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
    this.#window.open(pack);
    const { starts } = verdicts.parts;
    for (let part = take(verdicts); part < starts.length - 1; part = take(verdicts)) {
      this.#end = 0;
      this.#limit = starts[part + 1]!;
      exports.begin(starts[part]!);
      while (exports.scan(this.#limit, PAUSE_EVERY) === 0) yield;
      this.#keep(exports.reached());
    }
    exports.followAll();
    this.#options.links?.keepNamed();
    pack.close();
  }

  #read(number: number): boolean {
    const pack = this.#pack!; // the assembly runs only in `scan`
    const { starts, lengths } = pack.trees;
    return pack.read(this.#unpacker.bytes, INPUT, starts[number]!, lengths[number]!);
  }

  #load(number: number): number {
    this.#keep(number);
    const { lengths, sizes, ends, types } = this.#pack!.trees;
    if (number >= this.#end) this.#end = this.#window.fill(number, this.#limit);
    const { buffer } = this.#unpacker.bytes;
    const end = Math.min(this.#end, number + RECORDS_MAX);
    const count = end - number;
    const places = new Uint32Array(buffer, RECORD_PLACES, count);
    for (let index = 0; index < count; index++) places[index] = this.#window.placeOf(number + index);
    new Uint32Array(buffer, RECORD_LENGTHS, count).set(lengths.subarray(number, end));
    new Uint32Array(buffer, RECORD_SIZES, count).set(sizes.subarray(number, end));
    new Uint32Array(buffer, RECORD_ENDS, count).set(ends.subarray(number, end));
    new Uint8Array(buffer, RECORD_TYPES, count).set(types.subarray(number, end));
    this.#unpacker.bytes.fill(0, RECORD_VERDICTS, RECORD_VERDICTS + count);
    this.#first = number;
    return count;
  }

  /** Keeps the verdicts of the window, on the objects before `end`, and forgets the window. */
  #keep(end: number): void {
    const from = this.#first;
    if (from < 0) return;
    this.#first = -1;
    const count = Math.min(end - from, RECORDS_MAX);
    const { kinds, bytes, progress } = this.#verdicts!;
    Atomics.add(progress, DONE, Math.round(costOf(this.#pack!.trees, from, from + count) / KIB));
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
  ): number {
    const { bytes } = this.#unpacker;
    const { prefilter, onText } = this.#options;
    const text = {
      type: TYPES[type]!, // only objects with a type are read
      bytes: bytes.subarray(at, at + size),
      hits: new Uint32Array(bytes.buffer, hitsAt, 2 * count),
      doubts,
    };
    return onText === undefined ? prefilter.check(text) : onText(number, text);
  }

  #follow(count: number): void {
    if (!this.#options.links!.follow(this.#unpacker.bytes, count)) this.#unpacker.set(COLLECTS_LINKS, 0);
  }
}

function take({ progress }: Verdicts): number {
  return Atomics.add(progress, NEXT, 1);
}

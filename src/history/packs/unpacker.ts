/**
 * The memory in which a pack is unpacked, and the WebAssembly that does it (`assembly/main.ts`).
 *
 *     | tables | copy ranges, spans | input | a delta | texts: a base, the text made from it, and so on |
 */

import { unpack } from '../../generated/unpack.ts';
import { SIGNATURES } from '../../lib/archive-kind.ts';
import {
  COPY_RANGES,
  COPY_RANGES_MAX,
  DELTA,
  END,
  INPUT,
  OBJECT_MAX,
  PAIRS,
  RANGE_SIZE,
  REFUSED,
  SIGNATURE_COUNT,
  SIGNATURE_SIZE,
  SIGNATURE_TABLES,
  SIGNATURES as SIGNATURE_LIST,
  SPANS,
  TEXTS,
  TRIGRAMS,
} from './assembly/memory.ts';
import type { ChangedRegions, ChunkBoundaries } from './prefilter-text.ts';

interface Exports {
  readonly prepare: () => void;
  readonly inflate: (source: number, sourceEnd: number, target: number, size: number) => number;
  readonly targetSize: (from: number, end: number, baseSize: number) => number;
  readonly applyDelta: (
    base: number,
    baseSize: number,
    from: number,
    end: number,
    target: number,
    copyRanges: number,
    most: number,
  ) => number;
  readonly changedRegions: (
    text: number,
    size: number,
    copyRanges: number,
    count: number,
    margin: number,
    separator: number,
    target: number,
    most: number,
    spans: number,
  ) => number;
  readonly holdsSignature: (from: number, to: number) => number;
  readonly treeEntries: (
    text: number,
    size: number,
    copyRanges: number,
    count: number,
    width: number,
    target: number,
  ) => number;
}

const PAGE = 65_536;

/** Whether this machine has WebAssembly with SIMD, which the unpacker needs. */
export function canUnpack(): boolean {
  return WebAssembly.validate(Buffer.from(unpack, 'base64'));
}

export class Unpacker {
  readonly bytes: Uint8Array;
  /** Three numbers for each copy range of the last text: its start, its length, and its start in the base. */
  readonly copyRanges: Uint32Array;
  /** Where the bytes to inflate are expected. */
  readonly input = INPUT;
  readonly delta = DELTA;
  /** Texts may be anywhere between these two. */
  readonly texts = TEXTS;
  readonly end = END;
  readonly #spans: Uint32Array;
  readonly #exports: Exports;
  /** Whose tables are in memory. */
  #boundaries: ChunkBoundaries | undefined;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(END / PAGE) });
    const module = new WebAssembly.Module(Buffer.from(unpack, 'base64'));
    // The exports of assembly/main.ts.
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.#exports.prepare();
    this.bytes = new Uint8Array(memory.buffer);
    writeSignatures(this.bytes);
    this.copyRanges = new Uint32Array(memory.buffer, COPY_RANGES, (RANGE_SIZE / 4) * COPY_RANGES_MAX);
    this.#spans = new Uint32Array(memory.buffer, SPANS, 2 * COPY_RANGES_MAX + 1);
  }

  /** Inflates a stream of `size` bytes. Returns how many bytes of input it took; 0: it is damaged, or of another size. */
  inflate(stream: {
    readonly source: number;
    readonly length: number;
    readonly target: number;
    readonly size: number;
  }): number {
    const { source, length, target, size } = stream;
    try {
      return this.#exports.inflate(source, source + length, target, size);
    } catch {
      return 0; // a hostile stream may lead out of the memory, and counts as damaged
    }
  }

  /** The size of the text that the delta makes; `REFUSED`: it makes none of a base of this size. */
  targetSize(deltaSize: number, baseSize: number): number {
    return this.#exports.targetSize(this.delta, this.delta + deltaSize, baseSize) >>> 0;
  }

  /** Applies the delta. Returns the number of {@link copyRanges}, `TOO_MANY_RANGES` or `REFUSED`. */
  applyDelta(step: {
    readonly base: number;
    readonly baseSize: number;
    readonly deltaSize: number;
    readonly target: number;
  }): number {
    const { base, baseSize, deltaSize, target } = step;
    const deltaEnd = this.delta + deltaSize;
    try {
      return this.#exports.applyDelta(base, baseSize, this.delta, deltaEnd, target, COPY_RANGES, COPY_RANGES_MAX) >>> 0;
    } catch {
      return REFUSED;
    }
  }

  /**
   * The parts of the last text that must be searched: new bytes, and boundaries of copy ranges that a needle may cross. undefined:
   * they are more than half of it. Overwrites the delta.
   */
  changedRegions(
    text: { readonly start: number; readonly size: number; readonly count: number },
    boundaries: ChunkBoundaries,
  ): ChangedRegions | undefined {
    const { delta } = this;
    const { start, size, count } = text;
    const { margin, separator } = boundaries;
    if (this.#boundaries !== boundaries) {
      this.bytes.set(boundaries.pairs, PAIRS);
      this.bytes.set(boundaries.trigrams, TRIGRAMS);
      this.#boundaries = boundaries;
    }
    const most = Math.min(size >> 1, OBJECT_MAX);
    const spans =
      this.#exports.changedRegions(start, size, COPY_RANGES, count, margin, separator, delta, most, SPANS) >>> 0;
    if (spans === REFUSED) return undefined;
    const length = this.#spans[2 * spans]!;
    return { bytes: this.bytes.subarray(delta, delta + length), spans: this.#spans.subarray(0, 2 * spans) };
  }

  /** Whether bytes of this memory contain one of the `SIGNATURES` of archives. */
  holdsSignature(text: Uint8Array): boolean {
    return this.#exports.holdsSignature(text.byteOffset, text.byteOffset + text.length) !== 0;
  }

  /**
   * What the last text names if it is a tree, but for entries that are copied from its base; undefined if git would refuse the tree.
   * Four bytes that are 1 for a tree and 0 for a blob, and the id, for each. Overwrites the delta.
   *
   * @param width bytes of an id
   */
  treeEntries(text: Uint8Array, count: number, width: number): Uint8Array | undefined {
    const { delta } = this;
    const found = this.#exports.treeEntries(text.byteOffset, text.length, COPY_RANGES, count, width, delta) >>> 0;
    return found === REFUSED ? undefined : this.bytes.subarray(delta, delta + found * (4 + width));
  }
}

/** The tables by which the assembly finds signatures. */
function writeSignatures(bytes: Uint8Array): void {
  new DataView(bytes.buffer).setUint32(SIGNATURE_COUNT, SIGNATURES.length, true);
  for (const [index, signature] of SIGNATURES.entries()) {
    for (let place = 0; place < 3; place++) {
      const table = SIGNATURE_TABLES + 32 * place;
      bytes[table + (signature[place]! & 15)]! |= 1 << (index & 7);
      bytes[table + 16 + (signature[place]! >> 4)]! |= 1 << (index & 7);
    }
    const at = SIGNATURE_LIST + index * SIGNATURE_SIZE;
    bytes[at] = signature.length;
    bytes.set(signature, at + 1);
  }
}

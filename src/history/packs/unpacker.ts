/**
 * Memory in which a pack is unpacked, and the WebAssembly that does it (`assembly/main.ts`).
 *
 *     | tables | pieces | input | a delta | texts: a base, what a delta makes of it, and so on |
 */

import { unpack } from '../../generated/unpack.ts';
import {
  CHARACTERS,
  DELTA,
  END,
  INPUT,
  OBJECT_MAX,
  PAIRS,
  PIECE_SIZE,
  PIECES,
  PIECES_MAX,
  REFUSED,
  SPANS,
  TEXTS,
} from './assembly/memory.ts';
import type { ChangedRegions, ChunkBoundaries } from './prefilter-types.ts';

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
    pieces: number,
    most: number,
  ) => number;
  readonly gather: (
    text: number,
    size: number,
    pieces: number,
    count: number,
    margin: number,
    separator: number,
    target: number,
    most: number,
    spans: number,
  ) => number;
}

const PAGE = 65_536;
/** Whether this machine can: it needs WebAssembly with SIMD. */
export function canUnpack(): boolean {
  return WebAssembly.validate(Buffer.from(unpack, 'base64'));
}

export class Unpacker {
  readonly bytes: Uint8Array;
  /** What a text is made of: where it begins in it, its length, and where it stood in the base. */
  readonly pieces: Uint32Array;
  /** Where input is expected. */
  readonly input = INPUT;
  readonly delta = DELTA;
  /** Where texts may stand. */
  readonly texts = TEXTS;
  readonly end = END;
  readonly #spans: Uint32Array;
  readonly #exports: Exports;
  /** Whose tables are in memory. */
  #seams: ChunkBoundaries | undefined;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(END / PAGE) });
    const module = new WebAssembly.Module(Buffer.from(unpack, 'base64'));
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.#exports.prepare();
    this.bytes = new Uint8Array(memory.buffer);
    this.pieces = new Uint32Array(memory.buffer, PIECES, (PIECE_SIZE / 4) * PIECES_MAX);
    this.#spans = new Uint32Array(memory.buffer, SPANS, 2 * PIECES_MAX + 1);
  }

  /** How many bytes the stream takes that gives `size`; 0: it does not, or is damaged. */
  inflate(source: number, length: number, target: number, size: number): number {
    return guarded(() => this.#exports.inflate(source, source + length, target, size), 0);
  }

  /** The size of what the delta makes of a base; {@link REFUSED}: nothing. */
  targetSize(deltaSize: number, baseSize: number): number {
    return this.#exports.targetSize(this.delta, this.delta + deltaSize, baseSize) >>> 0;
  }

  /** What of a text is new, and what may have come to be where its pieces meet; undefined: too much. The delta is forgotten. */
  gather(text: number, size: number, count: number, seams: ChunkBoundaries): ChangedRegions | undefined {
    const { delta } = this;
    const { margin, separator } = seams;
    if (this.#seams !== seams) {
      this.bytes.set(seams.pairs, PAIRS);
      this.bytes.set(seams.characters, CHARACTERS);
      this.#seams = seams;
    }
    const most = Math.min(size >> 1, OBJECT_MAX);
    const spans = this.#exports.gather(text, size, PIECES, count, margin, separator, delta, most, SPANS) >>> 0;
    if (spans === REFUSED) return undefined;
    const length = this.#spans[2 * spans]!;
    return { bytes: this.bytes.subarray(delta, delta + length), spans: this.#spans.subarray(0, 2 * spans) };
  }

  /** Applies the delta. Gives the number of {@link pieces}, {@link MANY_PIECES} or {@link REFUSED}. */
  apply(base: number, baseSize: number, deltaSize: number, target: number): number {
    const { delta } = this;
    return (
      guarded(
        () => this.#exports.applyDelta(base, baseSize, delta, delta + deltaSize, target, PIECES, PIECES_MAX),
        REFUSED,
      ) >>> 0
    );
  }
}

/** Whatever a stream makes it read beyond its memory ends there. */
function guarded(action: () => number, otherwise: number): number {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

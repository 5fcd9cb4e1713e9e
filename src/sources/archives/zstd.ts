/**
 * zstd in WebAssembly: the decoder of its authors. It calls nothing outside of it, and its memory counts as that of the archive, because the
 * header of a stream may request any amount. Node's zlib reads zstd from 22.15 on only.
 */

import { gunzipSync } from 'node:zlib';
import { zstd } from '../../generated/zstd.ts';
import { Skipped } from '../../model/gap.ts';
import type { Budget } from './budget.ts';
import type { Decoder } from './decoders.ts';

const PIECE_IN = 16 * 1024;
const PIECE_OUT = 128 * 1024;
/** `{ pointer, size, position }`, each of four bytes. */
const BUFFER_SIZE = 12;
/** Results from here on are errors: minus their number. */
const FIRST_ERROR = 0xffff_ff00;
const WINDOW_TOO_LARGE = 16;
const NO_MEMORY = 64;
const ERRORS: Readonly<Record<number, string>> = {
  10: 'unknown frame',
  14: 'unsupported version',
  20: 'corrupt data',
  22: 'wrong checksum',
  30: 'a dictionary is needed',
  32: 'another dictionary is needed',
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(size: number): number;
  ZSTD_createDCtx(): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Compiled once: this file is loaded with the first stream. */
const COMPILED = new WebAssembly.Module(gunzipSync(Buffer.from(zstd, 'base64')));

/** @throws Error for damage, and for a stream that is cut short @throws Skipped if it needs too much memory */
export const unzstd: Decoder = async function* (pieces, progress, budget) {
  const stream = new Stream(budget);
  try {
    for await (const all of pieces)
      for (let at = 0; at < all.length; at += PIECE_IN) {
        const piece = all.subarray(at, at + PIECE_IN);
        progress.packed += piece.length;
        yield* stream.decode(piece);
      }
    if (!stream.isWhole) throw new Error('zstd: the stream is cut short');
  } finally {
    stream.close();
  }
};

class Stream {
  /** Whether the last frame has ended. */
  isWhole = true;
  readonly #exports: Exports;
  readonly #budget: Budget;
  readonly #context: number;
  readonly #input: number;
  readonly #output: number;
  #reserved = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
    const env = { emscripten_notify_memory_growth: () => this.#reserve() };
    this.#exports = new WebAssembly.Instance(COMPILED, { env }).exports as unknown as Exports;
    this.#reserve();
    this.#context = this.#exports.ZSTD_createDCtx();
    this.#input = this.#exports.malloc(BUFFER_SIZE + PIECE_IN);
    this.#output = this.#exports.malloc(BUFFER_SIZE + PIECE_OUT);
  }

  *decode(piece: Uint8Array): Generator<Uint8Array> {
    const input = this.#input;
    new Uint8Array(this.#exports.memory.buffer).set(piece, input + BUFFER_SIZE);
    this.#describe(input, piece.length);
    for (let isFull = false; isFull || this.#position(input) < piece.length;) {
      this.#describe(this.#output, PIECE_OUT);
      const result = this.#exports.ZSTD_decompressStream(this.#context, this.#output, input) >>> 0;
      if (result >= FIRST_ERROR) throw failure(-(result | 0));
      this.isWhole = result === 0;
      const start = this.#output + BUFFER_SIZE;
      const end = start + this.#position(this.#output);
      if (end > start) yield new Uint8Array(this.#exports.memory.buffer.slice(start, end));
      // It may hold back more than fitted.
      isFull = end - start === PIECE_OUT && !this.isWhole;
    }
  }

  close(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
  }

  #describe(at: number, size: number): void {
    const view = new DataView(this.#exports.memory.buffer);
    view.setUint32(at, at + BUFFER_SIZE, true);
    view.setUint32(at + 4, size, true);
    view.setUint32(at + 8, 0, true);
  }

  #position(at: number): number {
    return new DataView(this.#exports.memory.buffer).getUint32(at + 8, true);
  }

  #reserve(): void {
    const more = this.#exports.memory.buffer.byteLength - this.#reserved;
    if (!this.#budget.reserve(more)) throw new Skipped('archive-limit');
    this.#reserved += more;
  }
}

function failure(code: number): Error {
  if (code === WINDOW_TOO_LARGE || code === NO_MEMORY) return new Skipped('archive-limit');
  return new Error(`zstd: ${ERRORS[code] ?? `error ${code}`}`);
}

/**
 * The memory in which packs are scanned, and the WebAssembly that does it (`assembly/main.ts`).
 *
 *     | kernel | tables | records | copy ranges | hits | bytes of the pack | input | delta | texts: a base, the text made from it, ... |
 */

import { BLOCK } from '../../detect/search/simd/assembly/memory.ts';
import { fillKernel, kernelNeedles, layOutKernel } from '../../detect/search/simd/kernel-memory.ts';
import { unpack } from '../../generated/unpack.ts';
import { FIXED_BYTES, SIGNATURES } from '../../lib/archive-kind.ts';
import {
  ALONE_FIRSTS,
  ALONE_MAX,
  BREAK_HITS,
  END,
  INPUT,
  MAGIC_COUNT,
  MAGIC_FIRSTS,
  MAGIC_SIZE,
  MAGICS,
  MAGICS_ELSEWHERE,
  MARGIN,
  NEEDLE_HITS,
  ORIGIN,
  SEPARATOR,
  SIGNATURES_FROM,
  TEXTS,
  UNCLEAN,
} from './assembly/memory.ts';

/** What the assembly asks for, as `assembly/host.ts` declares it. */
export interface Host {
  /** Reads the compressed bytes of an object to `INPUT`; false: they cannot be read. */
  readonly read: (number: number) => boolean;
  /** Moves the window of records so that it begins with an object. Returns how many records there are, at least one. */
  readonly load: (number: number) => number;
  /** What is to be added to the type in the verdict on a text. */
  readonly check: (
    number: number,
    type: number,
    text: number,
    size: number,
    hits: number,
    count: number,
    doubts: number,
  ) => number;
  /** Follows so many links; `REFUSED`: an object has links that cannot be collected. */
  readonly follow: (count: number) => void;
}

export interface Exports {
  readonly prepare: () => void;
  readonly writeTables: (count: number, needles: number, texts: number) => void;
  readonly writeNeighbours: (count: number) => void;
  readonly addToBoundaries: (text: number, length: number) => void;
  readonly openPack: () => void;
  readonly begin: (root: number) => void;
  readonly reached: () => number;
  readonly scan: (limit: number, bytes: number) => number;
  readonly inflate: (source: number, sourceEnd: number, target: number, size: number) => number;
  readonly findHits: (from: number, to: number) => number;
  readonly foundSignature: () => number;
  readonly mayContinue: (text: number, size: number, position: number) => number;
  readonly mayBeArchive: (text: number, size: number) => number;
  readonly collectLinks: (type: number, text: number, size: number, ranges: number) => void;
  readonly followAll: () => void;
  readonly addKnown: (ids: number, first: number, count: number, width: number) => void;
}

/** What is searched in texts. */
export interface Search {
  readonly needles: readonly string[];
  /** A needle across a boundary of copy ranges lies within this many bytes on either side. */
  readonly margin: number;
  /** A byte that no needle contains. */
  readonly separator: number;
  /** Texts of so few bytes may be a credential as a whole. */
  readonly aloneMax: number;
  /** The bytes with which those may begin. */
  readonly aloneFirsts: readonly number[];
}

const PAGE = 65_536;

/** Whether this machine has WebAssembly with SIMD, which the scan of packs needs. */
export function canUnpack(): boolean {
  return WebAssembly.validate(Buffer.from(unpack, 'base64'));
}

const NO_HOST: Host = { read: () => false, load: () => 1, check: () => UNCLEAN, follow: () => {} };

export class Unpacker {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** A place for bytes to inflate. */
  readonly input = INPUT;
  /** A place for texts. */
  readonly texts = TEXTS;
  readonly exports: Exports;

  /** @param more bytes of memory behind what the assembly uses by itself */
  constructor(host: Partial<Host> = {}, module = compile(), more = 0) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((END + more) / PAGE) });
    // The exports of assembly/main.ts.
    this.exports = new WebAssembly.Instance(module, { env: { memory }, host: { ...NO_HOST, ...host } })
      .exports as unknown as Exports;
    this.exports.prepare();
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.#writeArchives();
  }

  /**
   * Prepares the search of texts.
   *
   * @returns false: the needles have no room
   */
  prepareSearch({ needles, margin, separator, aloneMax, aloneFirsts }: Search): boolean {
    const texts = [...needles, ...SIGNATURES.map((signature) => Buffer.from(signature).toString('latin1'))];
    // Without guards: what is around a needle may be in another copy range, and then the needle is not found again.
    const known = kernelNeedles({ texts });
    if (known === undefined) return false;
    const layout = layOutKernel(known);
    // Every byte of a block may be a line break.
    if (layout.end + 8 * BLOCK > ORIGIN) return false;
    const { bytes, exports } = this;
    fillKernel(Buffer.from(bytes.buffer), known, layout, exports.writeTables);
    exports.writeNeighbours(needles.length);
    const settings = [
      [NEEDLE_HITS, layout.hitsAt],
      [BREAK_HITS, layout.end],
      [MARGIN, margin],
      [SEPARATOR, separator],
      [ALONE_MAX, aloneMax],
      [SIGNATURES_FROM, needles.length],
    ] as const;
    for (const [address, value] of settings) this.set(address, value);
    for (const byte of aloneFirsts) bytes[ALONE_FIRSTS + (byte >> 3)]! |= 1 << (byte & 7);
    for (const text of texts) {
      bytes.set(Buffer.from(text, 'latin1'), INPUT);
      exports.addToBoundaries(INPUT, text.length);
    }
    return true;
  }

  /** Sets one of the settings of `assembly/memory.ts`. */
  set(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  /** Inflates a stream of `size` bytes. Returns how many bytes of input it took; 0: it is damaged, or of another size. */
  inflate(stream: {
    readonly source: number;
    readonly length: number;
    readonly target: number;
    readonly size: number;
  }): number {
    const { source, length, target, size } = stream;
    return this.exports.inflate(source, source + length, target, size);
  }

  /** Whether a text in this memory contains one of the `SIGNATURES` of archives. It begins at an even address. */
  holdsSignature(text: Uint8Array): boolean {
    this.exports.findHits(text.byteOffset, text.byteOffset + text.length);
    return this.exports.foundSignature() !== 0;
  }

  /** Whether a text in this memory may be an archive although it has none of the signatures. */
  mayBeArchive(text: Uint8Array): boolean {
    return this.exports.mayBeArchive(text.byteOffset, text.length) !== 0;
  }

  /** The tables by which the assembly recognises what may be an archive. */
  #writeArchives(): void {
    const { bytes } = this;
    const magics = FIXED_BYTES.toSorted((a, b) => Number(a.at === 0) - Number(b.at === 0));
    this.set(MAGIC_COUNT, magics.length);
    this.set(MAGICS_ELSEWHERE, magics.filter(({ at }) => at !== 0).length);
    for (const [index, { at, bytes: own }] of magics.entries()) {
      const magic = MAGICS + index * MAGIC_SIZE;
      this.view.setInt32(magic, at, true);
      for (let byte = 0; byte < Math.min(4, own.length); byte++) {
        bytes[magic + 4 + byte] = 0xff;
        bytes[magic + 8 + byte] = own[byte]!;
      }
      if (at === 0) bytes[MAGIC_FIRSTS + (own[0]! >> 3)]! |= 1 << (own[0]! & 7);
    }
  }
}

/** Threads share a module, so that each of its functions is compiled once. */
export function compile(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(unpack, 'base64'));
}

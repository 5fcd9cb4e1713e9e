/**
 * Tells texts that hold nothing from those that must be looked at. A text that is made of another one is not searched again:
 * what the kernel found in a piece that both have, it would find again, and only what is new, and what two pieces make where they
 * meet, is searched. Everything that the kernel has found is then judged as in any text (`decoding-layer.ts`); only of line feeds, of which
 * there are many, the verdict stays while the text around them does.
 */

import { ARCHIVE_TAIL, archivesIn, beginningOf } from '../../lib/archive-kind.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { NOWHERE } from './assembly/memory.ts';
import type { Prefilter, PrefilterResult, PrefilterText, ChunkBoundaries } from './prefilter-types.ts';
import { BREAK_REACH, IS_BASE64 } from '../../detect/search/line-breaks.ts';
import type { Text } from '../../detect/encodings/encoding.ts';
import { type Hit, firstHitAt, movedBack, packLineBreak, positionOf } from '../../detect/search/hit.ts';
import type { KernelFactory } from '../../detect/search/kernel.ts';
import { DecodingLayer } from '../../detect/decoding-layer.ts';
import { LINE_REACH, SPLIT_REACH } from '../../detect/layers/line-break-splits.ts';
import { detectWideText } from '../../detect/encodings/wide-text.ts';

/** Longer texts are read through a window. */
const LONGEST = 16 * 1024 * 1024;
const CR = 0x0d;
const EQUALS = 0x3d;
/** What a line feed in encoded text may stand after. */
const RUNS = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x0a || byte === 0x0d ? 2 : IS_BASE64[byte]!));

/** Everything that the kernel finds in a text, each list ascending. */
interface Known extends PrefilterResult {
  readonly length: number;
  /** Literals, and line feeds that cut something in two. */
  readonly telling: readonly Hit[];
  /** Line feeds that cut nothing in two: twice the position, and 1 where the lines around it tell so. */
  readonly idle: readonly number[];
}

export function createPrefilter(ruleset: Ruleset, createKernel: KernelFactory): Prefilter {
  const layer = new DecodingLayer({ ruleset, createKernel, capacity: () => LONGEST });
  const { kernel } = layer;
  const seams: ChunkBoundaries = {
    margin: Math.max(layer.longest - 1, BREAK_REACH),
    separator: layer.separator,
    pairs: layer.pairs,
    characters: RUNS,
  };

  /** What the kernel finds in what is new, at its places in the text. */
  const search = (text: PrefilterText): Hit[] => {
    const changed = text.gather?.(seams);
    if (changed === undefined) {
      kernel.bytes.set(text.bytes);
      return layer.hits(0, text.bytes.length);
    }
    const { bytes, spans } = changed;
    if (bytes.length === 0) return [];
    kernel.bytes.set(bytes);
    let span = 0;
    return layer.hits(0, bytes.length).map((hit) => {
      const position = positionOf(hit);
      while (span + 2 < spans.length && spans[span + 2]! <= position) span += 2;
      return movedBack(hit, spans[span]! - spans[span + 1]!);
    });
  };

  /** What is found in one text. */
  class Finds {
    readonly telling: Hit[] = [];
    readonly idle: number[] = [];
    readonly #bytes: Uint8Array;
    #text: Text | undefined;

    constructor(bytes: Uint8Array) {
      this.#bytes = bytes;
    }

    /** How many bytes before a line feed tell that it may stand in encoded text: an equals sign alone does. */
    tellsBreak(position: number): number {
      const before = this.#bytes[position - 1] === CR ? 2 : 1;
      return this.#bytes[position - before] === EQUALS ? before : BREAK_REACH;
    }

    get length(): number {
      return this.#bytes.length;
    }

    take(hit: Hit): void {
      if (layer.needleOf(hit) === undefined) {
        const position = positionOf(hit);
        const split = layer.splitAt(position, (this.#text ??= textOf(this.#bytes)));
        if (split !== 'needle') {
          this.idle.push(2 * position + (split === 'nothing' ? 1 : 0));
          return;
        }
      }
      this.telling.push(hit);
    }
  }

  return {
    longest: LONGEST,
    sift(text) {
      const { bytes, base, pieces, gather } = text;
      const finds = new Finds(bytes);
      if (base === undefined || pieces === undefined || gather === undefined) {
        for (const hit of search({ bytes })) finds.take(hit);
      } else {
        for (const hit of search(text)) finds.take(hit);
        // A sieve knows its own.
        inherit(finds, base as Known, pieces);
      }
      const telling = distinct(finds.telling);
      return {
        isClean: isClean(bytes, telling),
        length: bytes.length,
        telling,
        idle: distinct(finds.idle),
      } satisfies Known;
    },
  };

  /** Hands on what stands in the pieces that a text has of its base. */
  function inherit(finds: Finds, base: Known, pieces: Uint32Array): void {
    if (base.telling.length === 0 && base.idle.length === 0) return;
    for (let at = 0; at < pieces.length; at += 3) {
      const start = pieces[at]!;
      const source = pieces[at + 2]!;
      if (source === NOWHERE) continue;
      const end = source + pieces[at + 1]!;
      const shift = source - start;
      // Beyond the beginning and the end of both there is nothing either way.
      const first = source === 0 && start === 0 ? Number.NEGATIVE_INFINITY : source;
      const last = end === base.length && end - shift === finds.length ? Number.POSITIVE_INFINITY : end;
      const { telling, idle } = base;
      for (let index = lowerBound(telling, firstHitAt(source)); index < telling.length; index++) {
        const hit = telling[index]!;
        const position = positionOf(hit);
        if (position >= end) break;
        const needle = layer.needleOf(hit);
        const isWhole =
          needle === undefined
            ? position - finds.tellsBreak(position - shift) >= first
            : position + needle.text.length <= end;
        if (isWhole) finds.take(movedBack(hit, shift));
      }
      for (let index = lowerBound(idle, 2 * source); index < idle.length; index++) {
        const position = idle[index]! >> 1;
        if (position >= end) break;
        const isLine = (idle[index]! & 1) === 1;
        if (position - finds.tellsBreak(position - shift) < first) continue;
        const reach = isLine ? SPLIT_REACH : LINE_REACH;
        if (position - reach < first || position + reach > last) finds.take(packLineBreak(position - shift));
        else finds.idle.push(idle[index]! - 2 * shift);
      }
    }
  }

  /** Whether nothing stands at any of the hits. */
  function isClean(bytes: Uint8Array, hits: readonly Hit[]): boolean {
    const { length } = bytes;
    const tail = bytes.subarray(Math.max(0, length - ARCHIVE_TAIL));
    if (archivesIn(beginningOf(bytes, length), tail, length).length > 0) return false;
    const mayBeAlone = length <= ruleset.aloneMax;
    if (hits.length === 0 && !mayBeAlone) return true;
    const wide = detectWideText(bytes, length);
    kernel.bytes.set(bytes);
    layer.forget();
    if (mayBeAlone && layer.matchesAlone(length).verified.length > 0) return false;
    return hits.every((hit) => layer.matchesAt(hit, length, wide).verified.length === 0);
  }
}

/** The text as encodings see it that look at nothing but what a line feed cuts in two. */
function textOf(bytes: Uint8Array): Text {
  return {
    bytes,
    filled: bytes.length,
    latin1: (start, end) => Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
    isAmongEscapes: () => false,
    isBroken: () => true,
    isJoined: () => true,
    unitsEnd: () => bytes.length,
  };
}

/** The index of the first that is not smaller. */
function lowerBound(ascending: readonly number[], least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ascending, each once. */
function distinct<N extends number>(numbers: N[]): N[] {
  if (numbers.length < 2) return numbers;
  numbers.sort((a, b) => a - b);
  return numbers.filter((value, index) => value !== numbers[index - 1]);
}

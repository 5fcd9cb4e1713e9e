/**
 * Clears texts that have no candidate. A text that is made from another one is not searched again as a whole: a hit of the kernel in
 * a range that both have would be found again, so only new bytes are searched, and the boundaries where two ranges meet. All hits
 * together are then verified as in any text (`detect/decoding-layer.ts`). The exception are line breaks, of which there are many:
 * one that splits no encoded needle still splits none while the text around it is the same.
 */

import { DecodingLayer } from '../../detect/decoding-layer.ts';
import type { Text } from '../../detect/encodings/encoding.ts';
import { detectWideText } from '../../detect/encodings/wide-text.ts';
import { LINE_REACH, SPLIT_REACH } from '../../detect/layers/line-break-splits.ts';
import { type Hit, firstHitAt, movedBack, packLineBreak, positionOf } from '../../detect/search/hit.ts';
import type { KernelFactory } from '../../detect/search/kernel.ts';
import { BREAK_REACH } from '../../detect/search/line-breaks.ts';
import { isArchive, SIGNATURES } from '../../lib/archive-kind.ts';
import { lowerBound } from '../../lib/binary-search.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { NOT_IN_BASE } from './assembly/memory.ts';
import { chunkBoundaries } from './chunk-boundaries.ts';
import { type InertBreak, movedInertBreak, packInertBreak, unpackInertBreak } from './inert-break.ts';
import { type Derivation, type Prefilter, type PrefilterResult, type PrefilterText } from './prefilter-text.ts';
import { CR, EQUALS } from '../../lib/bytes.ts';

/** Longer texts are scanned through a window. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** All hits of the kernel in a text, each list ascending. */
interface KnownHits extends PrefilterResult {
  readonly length: number;
  /** Needles, and line breaks that split an encoded needle. */
  readonly relevantHits: readonly Hit[];
  readonly inertBreaks: readonly InertBreak[];
  /** Whether there may be a signature of an archive in it: there is one, or there was in its base. */
  readonly mayHaveSignature: boolean;
}

/** @param holdsSignature whether one of the `SIGNATURES` is in a text */
export function createPrefilter(
  ruleset: Ruleset,
  createKernel: KernelFactory,
  holdsSignature: (text: Uint8Array) => boolean,
): Prefilter {
  const layer = new DecodingLayer({ ruleset, createKernel, capacity: () => MAX_LENGTH });
  const { kernel } = layer;
  const signatures = SIGNATURES.map((bytes) => Buffer.from(bytes).toString('latin1'));
  const boundaries = chunkBoundaries(
    [...layer.needleTexts, ...signatures],
    Math.max(layer.longest - 1, BREAK_REACH),
    layer.separator,
  );

  /** The hits of the kernel in the new bytes, at their places in the text; and whether a signature may be in it. */
  const search = ({ bytes, derivation }: PrefilterText): { hits: Hit[]; mayHaveSignature: boolean } => {
    const changed = derivation?.changedRegions(boundaries);
    // The base is a result of this prefilter.
    const base = changed === undefined ? undefined : (derivation?.base as KnownHits | undefined);
    const searched = changed?.bytes ?? bytes;
    const mayHaveSignature = base?.mayHaveSignature === true || holdsSignature(searched);
    if (searched.length === 0) return { hits: [], mayHaveSignature };
    kernel.bytes.set(searched);
    const hits = layer.hits(0, searched.length);
    return { hits: changed === undefined ? hits : atTheirPlaces(hits, changed.spans), mayHaveSignature };
  };

  /** @param spans two numbers for each part of the searched bytes: its start there, and in the text */
  const atTheirPlaces = (hits: readonly Hit[], spans: Uint32Array): Hit[] => {
    let span = 0;
    return hits.map((hit) => {
      const position = positionOf(hit);
      while (span + 2 < spans.length && spans[span + 2]! <= position) span += 2;
      return movedBack(hit, spans[span]! - spans[span + 1]!);
    });
  };

  /** The hits in one text, as they are collected. */
  class Hits {
    readonly relevant: Hit[] = [];
    readonly inert: InertBreak[] = [];
    readonly #bytes: Uint8Array;
    #text: Text | undefined;

    constructor(bytes: Uint8Array) {
      this.#bytes = bytes;
    }

    /** How many bytes before a line break show whether it may be in encoded text: an equals sign alone does. */
    bytesBeforeBreak(position: number): number {
      const before = this.#bytes[position - 1] === CR ? 2 : 1;
      return this.#bytes[position - before] === EQUALS ? before : BREAK_REACH;
    }

    get length(): number {
      return this.#bytes.length;
    }

    add(hit: Hit): void {
      if (layer.needleOf(hit) === undefined) {
        const position = positionOf(hit);
        const split = layer.splitAt(position, (this.#text ??= textOf(this.#bytes)));
        if (split !== 'needle') {
          this.inert.push(packInertBreak(position, split === 'nothing'));
          return;
        }
      }
      this.relevant.push(hit);
    }
  }

  return {
    maxLength: MAX_LENGTH,
    check(text) {
      const { bytes, derivation } = text;
      const hits = new Hits(bytes);
      const found = search(text);
      for (const hit of found.hits) hits.add(hit);
      if (derivation !== undefined) inherit(hits, derivation);
      const relevantHits = distinct(hits.relevant);
      return {
        isClean: isClean(bytes, relevantHits, found.mayHaveSignature),
        length: bytes.length,
        relevantHits,
        inertBreaks: distinct(hits.inert),
        mayHaveSignature: found.mayHaveSignature,
      } satisfies KnownHits;
    },
  };

  /** Adds the hits that lie in ranges copied from the base. */
  function inherit(hits: Hits, derivation: Derivation): void {
    const { copyRanges } = derivation;
    const base = derivation.base as KnownHits; // a result of this prefilter
    const { relevantHits, inertBreaks } = base;
    if (relevantHits.length === 0 && inertBreaks.length === 0) return;
    // Most ranges are before the first hit or after the last one.
    const [firstBreak, lastBreak] = [inertBreaks[0], inertBreaks.at(-1)].map((inert) =>
      inert === undefined ? undefined : unpackInertBreak(inert).position,
    );
    const [firstHit, lastHit] = [relevantHits[0], relevantHits.at(-1)].map((hit) =>
      hit === undefined ? undefined : positionOf(hit),
    );
    const least = Math.min(firstHit ?? Infinity, firstBreak ?? Infinity);
    const most = Math.max(lastHit ?? 0, lastBreak ?? 0);
    for (let at = 0; at < copyRanges.length; at += 3) {
      const start = copyRanges[at]!;
      const source = copyRanges[at + 2]!;
      if (source === NOT_IN_BASE) continue;
      const end = source + copyRanges[at + 1]!;
      if (end <= least || source > most) continue;
      const shift = source - start;
      // Where both texts start, or both end, there is nothing on the other side that could differ.
      const first = source === 0 && start === 0 ? Number.NEGATIVE_INFINITY : source;
      const last = end === base.length && end - shift === hits.length ? Number.POSITIVE_INFINITY : end;
      inheritRelevant(hits, base, { source, end, shift, first });
      inheritInert(hits, base, { source, end, shift, first, last });
    }
  }

  function inheritRelevant(
    hits: Hits,
    { relevantHits }: KnownHits,
    { source, end, shift, first }: Omit<InheritedRange, 'last'>,
  ): void {
    for (let index = lowerBound(relevantHits, firstHitAt(source)); index < relevantHits.length; index++) {
      const hit = relevantHits[index]!;
      const position = positionOf(hit);
      if (position >= end) break;
      const needle = layer.needleOf(hit);
      const isWhole =
        needle === undefined
          ? position - hits.bytesBeforeBreak(position - shift) >= first
          : position + needle.text.length <= end;
      if (isWhole) hits.add(movedBack(hit, shift));
    }
  }

  /** A line break near a boundary is checked again, because the text around it may be different. */
  function inheritInert(
    hits: Hits,
    { inertBreaks }: KnownHits,
    { source, end, shift, first, last }: InheritedRange,
  ): void {
    for (let index = lowerBound(inertBreaks, packInertBreak(source, false)); index < inertBreaks.length; index++) {
      const inert = inertBreaks[index]!;
      const { position, dependsOnLines } = unpackInertBreak(inert);
      if (position >= end) break;
      if (position - hits.bytesBeforeBreak(position - shift) < first) continue;
      const reach = dependsOnLines ? SPLIT_REACH : LINE_REACH;
      if (position - reach < first || position + reach > last) hits.add(packLineBreak(position - shift));
      else hits.inert.push(movedInertBreak(inert, shift));
    }
  }

  /** Whether no hit leads to a match. */
  function isClean(bytes: Uint8Array, hits: readonly Hit[], mayHaveSignature: boolean): boolean {
    const { length } = bytes;
    if (isArchive(bytes, mayHaveSignature)) return false;
    const mayBeAlone = length <= ruleset.aloneMax;
    if (hits.length === 0 && !mayBeAlone) return true;
    const wide = detectWideText(bytes, length);
    kernel.bytes.set(bytes);
    layer.forget();
    if (mayBeAlone && layer.matchesAlone(length).verified.length > 0) return false;
    return hits.every((hit) => layer.matchesAt(hit, length, wide).verified.length === 0);
  }
}

/** A copy range: `[source, end)` in the base, `shift` bytes earlier in the text; `first` and `last` limit the text that both share. */
interface InheritedRange {
  readonly source: number;
  readonly end: number;
  readonly shift: number;
  readonly first: number;
  readonly last: number;
}

/** The text as the encodings see it that only check what a line break splits. */
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

/** Ascending, each once. */
function distinct<T extends number>(numbers: T[]): T[] {
  if (numbers.length < 2) return numbers;
  numbers.sort((a, b) => a - b);
  return numbers.filter((value, index) => value !== numbers[index - 1]);
}

/**
 * Decides about the texts that the assembly cannot clear by itself (`assembly/prefilter.ts`): hits of the kernel are verified as in any
 * text (`detect/decoding-layer.ts`). It also says how much of the text around a hit has decided about it, because a hit that leads to no
 * match leads to none in another version where these bytes are the same.
 */

import { DecodingLayer } from '../../detect/decoding-layer.ts';
import { detectWideText } from '../../detect/encodings/wide-text.ts';
import { packHit, positionOf } from '../../detect/search/hit.ts';
import type { KernelFactory } from '../../detect/search/kernel.ts';
import { BREAK_REACH } from '../../detect/search/line-breaks.ts';
import type { ObjectType } from '../../git/objects.ts';
import { isArchive } from '../../lib/archive-kind.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { partialMatch } from '../../lib/partial-pattern.ts';
import { ARCHIVE, MAY_HAVE_SIGNATURE, UNCLEAN } from './assembly/memory.ts';
import type { Search } from './unpacker.ts';

/** Longer texts are scanned through a window. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** A text that is complete in memory; of a commit, its header or its message. */
export interface PrefilterText {
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
  /**
   * The hits to verify, in two halves each: the needle, and above it the lowest bits of the position; the rest of the position. Receives
   * for hits that lead to no match how far from them the text must stay the same.
   */
  readonly hits: Uint32Array;
  /** `MAY_HAVE_SIGNATURE`, `MAY_BE_ARCHIVE`. */
  readonly doubts: number;
}

export interface Prefilter {
  /** What the assembly has to search. */
  readonly search: Search;
  /** `UNCLEAN`: the text has a candidate. `ARCHIVE`: it has none, and is an archive. Otherwise 0. */
  check(text: PrefilterText): number;
  /** The places of those of many short texts that may have a candidate. */
  suspects(texts: readonly Uint8Array[]): ReadonlySet<number>;
}

export function createPrefilter(ruleset: Ruleset, createKernel: KernelFactory): Prefilter {
  const layer = new DecodingLayer({ ruleset, createKernel, capacity: () => MAX_LENGTH });
  const { kernel } = layer;

  const enter = (bytes: Uint8Array): void => {
    kernel.bytes.set(bytes);
    layer.forget();
  };

  const isAlone = (bytes: Uint8Array): boolean => {
    if (bytes.length > ruleset.aloneMax) return false;
    enter(bytes);
    return layer.matchesAlone(bytes.length).verified.length > 0;
  };

  return {
    search: {
      needles: layer.needleTexts,
      margin: Math.max(layer.longest - 1, BREAK_REACH),
      separator: layer.separator,
      aloneMax: ruleset.aloneMax,
      aloneFirsts: firstBytes(ruleset),
    },
    check({ bytes, hits, doubts }) {
      const { length } = bytes;
      if (isAlone(bytes)) return UNCLEAN;
      const clean = doubts !== 0 && isArchive(bytes, (doubts & MAY_HAVE_SIGNATURE) !== 0) ? ARCHIVE : 0;
      if (hits.length === 0) return clean;
      enter(bytes);
      const wide = detectWideText(bytes, length);
      for (let at = 0; at < hits.length; at += 2) {
        const low = hits[at]!;
        const hit = packHit(hits[at + 1]! * HIGH + (low >>> POSITION_SHIFT), low & NEEDLE_MASK);
        if (layer.isPacked(hit, length)) return UNCLEAN;
        const matches = layer.matchesAt(hit, length, wide);
        if (matches.verified.length > 0) return UNCLEAN;
        const reach = reachClass(layer.reachOf(hit, length, matches));
        if (reach !== undefined) hits[at] = low | IS_CLEAN | (reach << REACH_SHIFT);
      }
      return clean;
    },
    suspects(texts) {
      const suspects = new Set<number>();
      for (const [place, text] of texts.entries()) if (isAlone(text)) suspects.add(place);
      const separator = Uint8Array.of(layer.separator);
      const all = Buffer.concat(texts.flatMap((text) => [text, separator]));
      if (all.length > MAX_LENGTH) return new Set(texts.keys());
      enter(all);
      let place = 0;
      let end = 0;
      for (const hit of kernel.find(0, all.length)) {
        while (positionOf(hit) >= end) end += texts[place++]!.length + 1; // a hit is in one of them
        suspects.add(place - 1);
      }
      return suspects;
    },
  };
}

/** The bytes with which a text may begin that is a credential as a whole. */
function firstBytes({ alone }: Ruleset): number[] {
  const patterns = alone.map(({ form }) => partialMatch(form.pattern));
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
    patterns.some((pattern) => pattern(String.fromCharCode(byte), 0) !== undefined),
  );
}

// As `assembly/known-hits.ts` packs a hit.
const POSITION_SHIFT = 20;
const HIGH = 2 ** (32 - POSITION_SHIFT);
const NEEDLE_MASK = 0xffff;
const IS_CLEAN = 0x10000;
const REACH_SHIFT = 17;
const REACH_CLASSES = 8;

/** How often 64 bytes must be doubled; undefined: the reach is too far to be kept. */
function reachClass(reach: number): number | undefined {
  let bytes = 64;
  for (let count = 0; count < REACH_CLASSES; count++, bytes *= 2) if (reach <= bytes) return count;
  return undefined;
}

/** Lays out the memory of the SIMD kernel for given needles, and fills its tables: for the kernel itself, and where packs are searched. */

import { commonTrigrams, factors, nesting, records } from '../../../generated/kernel.ts';
import { count } from '../../../generated/needles.ts';
import { builtInText } from '../built-in-text.ts';
import type { SearchedNeedles } from '../kernel.ts';
import { BLOCK, FACTORS, PADDING } from './assembly/memory.ts';
import { extendPlan, type Frequencies, NEEDLE_MIN, type Offsets } from './plan.ts';
import { lengthIn, NEEDLES_MAX, nestingOf, offsetsIn, recordsOf, textsAt, withGuards } from './tables.ts';

const HIT_BYTES = 8;

/** What the tables of a kernel are made of. */
export interface KernelNeedles {
  readonly count: number;
  /** All needles, one after the other. */
  readonly joined: Buffer;
  /** A record for each, as `recordsOf` makes them. */
  readonly records: Buffer;
  /** As `nestingOf`. */
  readonly nesting: number;
}

/** Those of the built-in rules, which the build has prepared. */
export const builtInNeedles = (): KernelNeedles => ({
  count,
  joined: builtInText(),
  records: Buffer.from(records, 'base64'),
  nesting,
});

/** Undefined for needles that are too many or too short for the kernel. */
export function kernelNeedles({ texts, guards }: SearchedNeedles): KernelNeedles | undefined {
  const builtIn = builtInNeedles();
  const own = Buffer.from(texts.join(''), 'latin1');
  const isBuiltIn =
    own.equals(builtIn.joined) && texts.every(({ length }, id) => length === lengthIn(builtIn.records, id));
  if (isBuiltIn && texts.length === count) return { ...builtIn, records: withGuards(builtIn.records, guards) };
  if (texts.length > NEEDLES_MAX || texts.some(({ length }) => length < NEEDLE_MIN)) return undefined;
  return {
    count: texts.length,
    joined: own,
    records: recordsOf(texts, guards, offsetsOf(texts, builtIn)),
    nesting: nestingOf(texts),
  };
}

export interface KernelLayout {
  /** The texts of all needles. */
  readonly needlesAt: number;
  /** The hits of one block, and how many there may be. */
  readonly hitsAt: number;
  readonly hitsLength: number;
  /** From here on the memory is free. */
  readonly end: number;
}

export function layOutKernel({ count: needles, joined: text, nesting: nested }: KernelNeedles): KernelLayout {
  const needlesAt = textsAt(needles);
  const hitsAt = roundUp(needlesAt + text.length, HIT_BYTES);
  // A needle with its window in the block may begin before it, but windows are near the beginnings of needles.
  const hitsLength = (BLOCK + PADDING) * nested;
  return { needlesAt, hitsAt, hitsLength, end: roundUp(hitsAt + hitsLength * HIT_BYTES + PADDING, 64) };
}

/** @param writeTables the function of the kernel's assembly */
export function fillKernel(
  all: Buffer,
  needles: KernelNeedles,
  { needlesAt, hitsAt }: KernelLayout,
  writeTables: (needles: number, records: number, texts: number) => void,
): void {
  all.writeUInt16LE(factors[0], FACTORS);
  all.writeUInt16LE(factors[1], FACTORS + 2);
  all.set(needles.joined, needlesAt);
  // There are no hits yet, so their place has room for the records.
  all.set(needles.records, hitsAt);
  writeTables(needles.count, hitsAt, needlesAt);
}

/** The windows of built-in needles are known; those of others are chosen now. */
function offsetsOf(texts: readonly string[], builtIn: KernelNeedles): readonly Offsets[] {
  const known = new Map<string, Offsets>();
  const ofBuiltIn = builtIn.joined.toString('latin1');
  for (let id = 0, end = 0; id < builtIn.count; id++) {
    const start = end;
    end += lengthIn(builtIn.records, id);
    known.set(ofBuiltIn.slice(start, end), offsetsIn(builtIn.records, id));
  }
  const needles = texts.map((text) => Buffer.from(text, 'latin1'));
  const chosen = texts.map((text) => known.get(text));
  return extendPlan(needles, { factors, known: chosen }, frequenciesOf(commonTrigrams));
}

/** A few hundred trigrams, the most frequent first: the weights follow Zipf's law closely enough. */
function frequenciesOf(text: string): Frequencies {
  const bytes = Buffer.from(text, 'base64');
  const length = bytes.length / 3;
  return {
    trigrams: Array.from({ length }, (_, index) => bytes.readUIntLE(3 * index, 3)),
    weights: Array.from({ length }, (_, index) => 1 / (index + 1)),
  };
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

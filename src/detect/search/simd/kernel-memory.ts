/** Lays out the memory of the SIMD kernel for given needles, and fills its tables: for the kernel itself, and where packs are searched. */

import { commonTrigrams, factors, nesting, records } from '../../../generated/kernel.ts';
import { texts as builtIn } from '../../../generated/needles.ts';
import { BLOCK, FACTORS, PADDING } from './assembly/memory.ts';
import { extendPlan, type Frequencies, NEEDLE_MIN, type Offsets } from './plan.ts';
import { NEEDLES_MAX, nestingOf, offsetsIn, recordsOf, textsAt } from './tables.ts';

const HIT_BYTES = 8;

export interface KernelLayout {
  /** The texts of all needles. */
  readonly needlesAt: number;
  /** The hits of one block, and how many there may be. */
  readonly hitsAt: number;
  readonly hitsLength: number;
  /** From here on the memory is free. */
  readonly end: number;
}

/** Undefined for needles that are too many or too short for the kernel. */
export function layOutKernel(texts: readonly string[]): KernelLayout | undefined {
  const isBuiltIn = texts === builtIn;
  if (!isBuiltIn && (texts.length > NEEDLES_MAX || texts.some(({ length }) => length < NEEDLE_MIN))) return undefined;
  const needlesAt = textsAt(texts.length);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const hitsAt = roundUp(needlesAt + length, HIT_BYTES);
  // A needle with its window in the block may begin before it, but windows are near the beginnings of needles.
  const hitsLength = (BLOCK + PADDING) * (isBuiltIn ? nesting : nestingOf(texts));
  return { needlesAt, hitsAt, hitsLength, end: roundUp(hitsAt + hitsLength * HIT_BYTES + PADDING, 64) };
}

/** @param writeTables the function of the kernel's assembly */
export function fillKernel(
  all: Buffer,
  texts: readonly string[],
  { needlesAt, hitsAt }: KernelLayout,
  writeTables: (count: number, needles: number, texts: number) => void,
): void {
  factors.forEach((factor, index) => all.writeUInt16LE(factor, FACTORS + 2 * index));
  all.write(texts.join(''), needlesAt, 'latin1');
  // There are no hits yet, so their place has room for the records.
  if (texts === builtIn) all.write(records, hitsAt, 'base64');
  else all.set(recordsOf(texts, offsetsOf(texts)), hitsAt);
  writeTables(texts.length, hitsAt, needlesAt);
}

/** The windows of built-in needles are known; those of others are chosen now. */
function offsetsOf(texts: readonly string[]): readonly Offsets[] {
  const ofBuiltIn = Buffer.from(records, 'base64');
  const known = new Map(builtIn.map((text, id) => [text, offsetsIn(ofBuiltIn, id)]));
  const needles = texts.map((text) => Buffer.from(text, 'latin1'));
  const chosen = texts.map((text) => known.get(text));
  return extendPlan(needles, { factors, known: chosen }, frequenciesOf(commonTrigrams));
}

/** A few hundred trigrams, the most frequent first: the weights follow Zipf's law closely enough. */
function frequenciesOf(text: string): Frequencies {
  const bytes = Buffer.from(text, 'base64');
  const count = bytes.length / 3;
  return {
    trigrams: Array.from({ length: count }, (_, index) => bytes.readUIntLE(3 * index, 3)),
    weights: Array.from({ length: count }, (_, index) => 1 / (index + 1)),
  };
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/**
 * The kernel for machines with SIMD: WebAssembly that the build makes from `simd/assembly/`, with tables for the needles
 * written into its memory. `simd/assembly/search.ts` explains how it searches. Its reference is the plain kernel.
 */

import { commonTrigrams, factors, simd, windows } from '../../generated/kernel.ts';
import type { Hit } from './hit.ts';
import type { Kernel } from './kernel.ts';
import { BLOCK, HITS_ADDRESS, PADDING, TEXT_ADDRESS } from './simd/assembly/memory.ts';
import { extendPlan, type Frequencies, NEEDLE_MIN, type Offsets, type Plan } from './simd/plan.ts';
import { NEEDLES_MAX, nesting, tablesEnd, writeTables } from './simd/tables.ts';

interface Exports {
  readonly search: (start: number, end: number, from: number, to: number) => number;
  readonly breaks: (start: number, end: number) => number;
  readonly countLines: (start: number, end: number) => number;
  readonly utf16Units: (start: number, end: number) => number;
  readonly asciiLength: (start: number, end: number) => number;
}

const PAGE = 65_536;
const HIT_BYTES = 8;

/** Makes the kernel; undefined without SIMD, and for needles that are too many or too short for it. */
export function createSimdKernel(texts: readonly string[], capacity: number): Kernel | undefined {
  if (texts.length > NEEDLES_MAX || texts.some((text) => text.length < NEEDLE_MIN)) return undefined;
  const code = Buffer.from(simd, 'base64');
  if (!WebAssembly.validate(code)) return undefined;
  const needles = texts.map((text) => Buffer.from(text, 'latin1'));
  const hitsAt = roundUp(tablesEnd(needles), HIT_BYTES);
  // A needle with its window in the block may begin before it, but windows are near the beginnings of needles.
  const hitsLength = (BLOCK + PADDING) * nesting(texts);
  const textAt = roundUp(hitsAt + hitsLength * HIT_BYTES + PADDING, 64);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((textAt + capacity + PADDING) / PAGE) });
  const { search, breaks, countLines, utf16Units, asciiLength } = new WebAssembly.Instance(
    new WebAssembly.Module(code),
    {
      env: { memory },
    },
  ).exports as unknown as Exports;
  const all = new Uint8Array(memory.buffer);
  writeTables(all, needles, planOf(texts, needles));
  const addresses = new DataView(memory.buffer);
  addresses.setUint32(TEXT_ADDRESS, textAt, true);
  addresses.setUint32(HITS_ADDRESS, hitsAt, true);
  const handedOver = new Float64Array(memory.buffer, hitsAt, hitsLength);

  return {
    name: 'simd',
    bytes: all.subarray(textAt, textAt + capacity),
    find(from, to) {
      const hits: Hit[] = [];
      const [start, end] = [textAt + from, textAt + to];
      for (let at = roundUp(start, 2); at < end; at += BLOCK)
        append(hits, handedOver, search(at, Math.min(at + BLOCK, end), start, end));
      return hits;
    },
    lineBreaks(from, to) {
      const hits: Hit[] = [];
      for (let at = textAt + from; at < textAt + to; at += BLOCK)
        append(hits, handedOver, breaks(at, Math.min(at + BLOCK, textAt + to)));
      return hits;
    },
    countLines: (from, to) => countLines(textAt + from, textAt + to),
    utf16Units: (from, to) => utf16Units(textAt + from, textAt + to),
    asciiLength: (from, to) => asciiLength(textAt + from, textAt + to),
  };
}

/** Adds the hits of the next block. The first few may belong before the last of those that are there. */
function append(hits: Hit[], block: Float64Array, count: number): void {
  let index = 0;
  for (; index < count && hits.length > 0 && block[index]! < hits.at(-1)!; index++) {
    let at = hits.length - 1;
    while (at > 0 && hits[at - 1]! > block[index]!) at--;
    hits.splice(at, 0, block[index] as Hit);
  }
  for (; index < count; index++) hits.push(block[index] as Hit); // the WebAssembly packs them
}

/** The windows of built-in needles are known; those of others are chosen now. */
function planOf(texts: readonly string[], needles: readonly Uint8Array[]): Plan {
  const known = texts.map((text): Offsets | undefined => windows.get(text));
  if (known.every((offsets) => offsets !== undefined)) return { factors, offsets: known };
  return { factors, offsets: extendPlan(needles, { factors, known }, frequenciesOf(commonTrigrams)) };
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

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/**
 * The kernel for machines with SIMD: WebAssembly that the build makes from `simd/assembly/main.ts`, with tables for
 * the needles written into its memory. Its reference is the plain kernel.
 */

import { builtinPlan, relaxedSimd, simd } from '../../generated/kernel.ts';
import { type Hit, packHit } from './hit.ts';
import type { Kernel } from './kernel.ts';
import { BREAK_REACH, splitsEncodedText } from './line-breaks.ts';
import { BLOCK, HITS } from './simd/assembly/memory.ts';
import { COMPARED, LITERALS_MAX, nesting, writeTables } from './simd/layout.ts';
import { planSlots, QUICK, type Slots } from './simd/plan.ts';

interface Exports {
  readonly search: (start: number, end: number, from: number, to: number) => number;
  readonly breaks: (start: number, end: number) => number;
  readonly countLines: (start: number, end: number) => number;
  readonly utf16Units: (start: number, end: number) => number;
  readonly asciiLength: (start: number, end: number) => number;
}

const PAGE = 65_536;
/** The first pass reads this far beyond the requested range. */
const PADDING = 256;

/** Makes the kernel; undefined without SIMD, and for needles that are too many or too short for it. */
export function createSimdKernel(literals: readonly string[], capacity: number): Kernel | undefined {
  if (literals.length > LITERALS_MAX || literals.some((literal) => literal.length < 3)) return undefined;
  const code = [relaxedSimd, simd]
    .map((text) => Buffer.from(text, 'base64'))
    .find((bytes) => WebAssembly.validate(bytes));
  if (code === undefined) return undefined;
  const needles = literals.map((literal) => Buffer.from(literal, 'latin1'));
  // Each hit may be found twice, once for either piece of its window.
  const hitsLength = (BLOCK + PADDING) * nesting(literals) * 2 * 8;
  const data = roundUp(HITS + hitsLength + PADDING, 64);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((data + capacity + PADDING) / PAGE) });
  const { search, breaks, countLines, utf16Units, asciiLength } = new WebAssembly.Instance(
    new WebAssembly.Module(code),
    {
      env: { memory },
    },
  ).exports as unknown as Exports;
  const all = new Uint8Array(memory.buffer);
  writeTables(all, needles, slotsOf(literals, needles));
  const hits = new Uint32Array(memory.buffer, HITS, hitsLength / 4);
  const bytes = all.subarray(data, data + capacity);
  /** Reused by every search; a typed array, because those are sorted without a comparing function. */
  let room = new Float64Array(64);

  const isWhole = (needle: Uint8Array, position: number): boolean => {
    for (let at = COMPARED; at < needle.length; at++) if (bytes[position + at] !== needle[at]) return false;
    return true;
  };

  return {
    name: 'simd',
    bytes,
    find(from, to) {
      const start = data + from;
      const end = data + to;
      let length = 0;
      let isSorted = true;
      let before = 0;
      for (let at = (start - 1) & ~1; at < end; at += BLOCK) {
        const count = search(at, Math.min(at + BLOCK, end), start, end);
        if (length + count > room.length) room = withRoom(room, length, 2 * (length + count));
        for (let index = 0; index < count; index++) {
          const position = hits[2 * index]! - data;
          const literal = hits[2 * index + 1]!;
          if (!isWhole(needles[literal]!, position)) continue;
          const hit = packHit(position, literal);
          room[length++] = hit;
          isSorted &&= before <= hit;
          before = hit;
        }
      }
      const sorted = room;
      if (!isSorted) sorted.subarray(0, length).sort();
      const distinct: Hit[] = [];
      let last = -1;
      for (let index = 0; index < length; index++) {
        const hit = sorted[index]!;
        if (hit !== last) distinct.push(hit as Hit); // the array has hits only
        last = hit;
      }
      return distinct;
    },
    lineBreaks(from, to) {
      const positions: number[] = [];
      for (let at = data + from; at < data + to; at += BLOCK) {
        const count = breaks(at, Math.min(at + BLOCK, data + to));
        for (let index = 0; index < count; index++) positions.push(hits[index]! - data);
      }
      // The WebAssembly also read the memory before the first byte, which is no part of the text.
      return positions.filter((position) => position > BREAK_REACH || splitsEncodedText(bytes, position));
    },
    countLines: (from, to) => countLines(data + from, data + to),
    utf16Units: (from, to) => utf16Units(data + from, data + to),
    asciiLength: (from, to) => asciiLength(data + from, data + to),
  };
}

function withRoom(numbers: Float64Array, length: number, room: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(room);
  larger.set(numbers.subarray(0, length));
  return larger;
}

function slotsOf(literals: readonly string[], needles: readonly Uint8Array[]): Slots[] {
  const known = literals.map((literal) => toSlots(builtinPlan[literal]));
  return known.every((slots) => slots !== undefined) ? known : planSlots(needles, QUICK, known);
}

function toSlots(plan: readonly number[] | undefined): Slots | undefined {
  if (plan === undefined) return undefined;
  const [evenOffset, evenBucket, oddOffset, oddBucket] = plan as [number, number, number, number];
  return [
    { offset: evenOffset, bucket: evenBucket },
    { offset: oddOffset, bucket: oddBucket },
  ];
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/**
 * The kernel for machines with SIMD: WebAssembly made from `simd/assembly/kernel.ts` when glaive is built, with tables
 * for the literals written into its memory. Its reference is the plain kernel.
 */

import { builtinPlan, relaxedSimd, simd } from 'virtual:simd-kernel';
import { BREAK_REACH, isBreak } from './line-breaks.ts';
import type { Kernel } from './kernel.ts';
import { BLOCK, HITS, LITERALS_MAX, nesting, writeTables } from './simd/layout.ts';
import { planSlots, QUICK, type Slots } from './simd/plan.ts';

interface Exports {
  readonly search: (start: number, end: number, from: number, to: number) => number;
  readonly breaks: (start: number, end: number) => number;
  readonly countLines: (start: number, end: number) => number;
  readonly utf16Units: (start: number, end: number) => number;
  readonly asciiLength: (start: number, end: number) => number;
}

const PAGE = 65_536;
/** The first pass reads this far beyond what it was asked for. */
const PADDING = 256;
/** Bytes of a literal that the kernel compares. */
const COMPARED = 8;

/** Makes the kernel; undefined where there is no SIMD, or where the literals are too many or too short for it. */
export function createSimdKernel(literals: readonly string[], capacity: number): Kernel | undefined {
  if (literals.length > LITERALS_MAX || literals.some((literal) => literal.length < 3)) return undefined;
  const code = [relaxedSimd, simd]
    .map((text) => Buffer.from(text, 'base64'))
    .find((bytes) => WebAssembly.validate(bytes));
  if (code === undefined) return undefined;
  const needles = literals.map((literal) => Buffer.from(literal, 'latin1'));
  // Every hit may be found twice, by both pieces of its window.
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
  /** Position and literal in one number, so that sorting is cheap; kept from one search to the next. */
  let room = new Float64Array(64);

  const isWhole = (needle: Uint8Array, position: number): boolean => {
    for (let at = COMPARED; at < needle.length; at++) if (bytes[position + at] !== needle[at]) return false;
    return true;
  };

  return {
    name: 'simd',
    bytes,
    find(from, to, visit) {
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
          const hit = position * 0x10000 + literal;
          room[length++] = hit;
          isSorted &&= before <= hit;
          before = hit;
        }
      }
      const sorted = room;
      // A typed array is sorted without a comparing function.
      if (!isSorted) sorted.subarray(0, length).sort();
      let last = -1;
      for (let index = 0; index < length; index++) {
        const hit = sorted[index]!;
        if (hit === last) continue;
        const position = Math.floor(hit / 0x10000);
        visit(position, hit - position * 0x10000);
        last = hit;
      }
    },
    breaks(from, to, visit) {
      const found: number[] = [];
      for (let at = data + from; at < data + to; at += BLOCK) {
        const count = breaks(at, Math.min(at + BLOCK, data + to));
        for (let index = 0; index < count; index++) found.push(hits[index]! - data);
      }
      // What the memory holds before the first byte is not the text's.
      for (const position of found) if (position > BREAK_REACH || isBreak(bytes, position)) visit(position);
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

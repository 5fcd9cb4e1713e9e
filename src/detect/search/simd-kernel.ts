/**
 * The kernel for machines with SIMD: WebAssembly that the build makes from `simd/assembly/`, with tables for the needles
 * written into its memory. `simd/assembly/search.ts` explains how it searches. Its reference is the plain kernel.
 */

import { simd } from '../../generated/kernel.ts';
import type { Hit } from './hit.ts';
import type { Kernel, SearchedNeedles } from './kernel.ts';
import { BLOCK, HITS_ADDRESS, PADDING, TEXT_ADDRESS } from './simd/assembly/memory.ts';
import {
  builtInNeedles,
  fillKernel,
  type KernelNeedles,
  kernelNeedles,
  layOutKernel,
  roundUp,
} from './simd/kernel-memory.ts';

interface Exports {
  readonly writeTables: (count: number, needles: number, texts: number) => void;
  readonly writeNeighbours: (count: number) => void;
  readonly search: (start: number, end: number, from: number, to: number) => number;
  readonly breaks: (start: number, end: number, textEnd: number) => number;
  readonly findRuns: (from: number, to: number, filled: number) => number;
  readonly countLines: (start: number, end: number) => number;
  readonly utf16Units: (start: number, end: number) => number;
  readonly asciiLength: (start: number, end: number) => number;
}

const PAGE = 65_536;

/** Makes the kernel; undefined without SIMD or the memory for it, and for needles that are too many or too short for it. */
export function createSimdKernel(searched: SearchedNeedles, capacity: number): Kernel | undefined {
  const needles = kernelNeedles(searched);
  return needles === undefined ? undefined : kernelOf(needles, capacity, { areNeighboursNeeded: true });
}

/**
 * The same for the needles of the built-in rules: a hook has no time to make their texts, nor to write down what is adjacent in them, so it
 * finds every escape.
 */
export function createBuiltInKernel(capacity: number): Kernel | undefined {
  return kernelOf(builtInNeedles(), capacity, { areNeighboursNeeded: false });
}

function kernelOf(
  needles: KernelNeedles,
  capacity: number,
  { areNeighboursNeeded }: { readonly areNeighboursNeeded: boolean },
): Kernel | undefined {
  const module = compile();
  if (module === undefined) return undefined;
  const layout = layOutKernel(needles);
  const { hitsAt, hitsLength, end: textAt } = layout;
  const memory = allocate(textAt + capacity + PADDING);
  if (memory === undefined) return undefined;
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  const { search, breaks, findRuns, countLines, utf16Units, asciiLength } = exports;
  const all = Buffer.from(memory.buffer);
  all.writeUInt32LE(textAt, TEXT_ADDRESS);
  all.writeUInt32LE(hitsAt, HITS_ADDRESS);
  fillKernel(all, needles, layout, exports.writeTables);
  let hasNeighbours = false;
  const writeNeighbours = (): void => {
    if (!hasNeighbours) exports.writeNeighbours(needles.count);
    hasNeighbours = true;
  };
  if (areNeighboursNeeded) writeNeighbours();
  const handedOver = new Float64Array(memory.buffer, hitsAt, hitsLength);
  const lineBreaks = (from: number, to: number, textEnd: number): Hit[] => {
    const hits: Hit[] = [];
    for (let at = textAt + from; at < textAt + to; at += BLOCK)
      append(hits, handedOver, breaks(at, Math.min(at + BLOCK, textAt + to), textEnd));
    return hits;
  };

  return {
    name: 'simd',
    bytes: new Uint8Array(memory.buffer, textAt, capacity),
    find(from, to) {
      const hits: Hit[] = [];
      const [start, end] = [textAt + from, textAt + to];
      for (let at = roundUp(start, 2); at < end; at += BLOCK)
        append(hits, handedOver, search(at, Math.min(at + BLOCK, end), start, end));
      return hits;
    },
    lineBreaks: (from, to) => lineBreaks(from, to, 0),
    splittingBreaks(from, to) {
      writeNeighbours();
      return lineBreaks(from, to, textAt + to);
    },
    runs: new Uint32Array(memory.buffer, hitsAt, 2 * hitsLength),
    findRuns: (from, to, filled) => findRuns(textAt + from, textAt + to, textAt + filled),
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

/** Undefined if this machine has no SIMD, or Node runs without a compiler (`--jitless`). */
function compile(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Buffer.from(simd, 'base64'));
  } catch {
    return undefined;
  }
}

/** Undefined if the address space is limited (`ulimit -v`): V8 reserves gigabytes of it for any memory. */
function allocate(bytes: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  } catch {
    return undefined;
  }
}

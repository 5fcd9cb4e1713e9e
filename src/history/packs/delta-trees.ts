/**
 * Which object of a pack is made from which, read from the headers of the entries alone. A delta tree is an object that is stored whole
 * (the root), and all objects made from it by one or several deltas.
 */

import type { ObjectType } from '../../git/objects.ts';
import { lowerBound } from '../../lib/binary-search.ts';
import type { PackFile } from './pack-file.ts';
import type { PackIndex } from './pack-index.ts';

/** The types of objects by their numbers in headers; 6 and 7 are deltas. */
export const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];
const OFS_DELTA = 6;
const REF_DELTA = 7;

/** The objects in their order in the pack; an object's number is its position in this order. */
export interface DeltaTrees {
  readonly length: number;
  /** The object's position in the index. */
  readonly inIndex: Uint32Array;
  /** Where the compressed bytes start, and how many there are at most. */
  readonly starts: Float64Array;
  readonly lengths: Float64Array;
  /** The size of the inflated text or delta. */
  readonly sizes: Float64Array;
  /** The type of a root; 6 or 7: a delta; 0: an entry that cannot be read. */
  readonly types: Uint8Array;
  /** The first object made from it, and the next one made from the same base; -1: none. The one with the largest subtree is last. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Whether some deltas form a cycle, so that none of them can be applied. */
  readonly hasCycle: boolean;
}

/** Memory that other threads can read as well. */
const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** No header is longer: a size, and the id of a base of 32 bytes. */
const HEADER_MAX = 64;

export function readDeltaTrees(file: PackFile, index: PackIndex): DeltaTrees {
  const { length, width } = index;
  const inIndex = new Uint32Array(shared(4 * length));
  for (let at = 0; at < length; at++) inIndex[at] = at;
  inIndex.sort((a, b) => index.offsets[a]! - index.offsets[b]!);
  const starts = new Float64Array(shared(8 * length));
  const lengths = new Float64Array(shared(8 * length));
  const sizes = new Float64Array(shared(8 * length));
  const types = new Uint8Array(shared(length));
  const bases = new Int32Array(length).fill(-1);
  const offsets = Float64Array.from(inIndex, (at) => index.offsets[at]!);
  const end = file.size - width;
  let inPack: Uint32Array | undefined;
  const headerAt = headersOf(file, end);

  for (let number = 0; number < length; number++) {
    const offset = offsets[number]!;
    const next = number + 1 < length ? offsets[number + 1]! : end;
    if (offset < 12 || next > end || next <= offset) continue;
    const head = headerAt(offset, Math.min(HEADER_MAX, next - offset));
    if (head === undefined) continue;
    let at = 0;
    let byte = head[at++] ?? 0;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte >= 128 && at < 12; scale *= 128) {
      byte = head[at++] ?? 0;
      size += (byte & 127) * scale;
    }
    let base = -1;
    if (type === OFS_DELTA) {
      byte = head[at++] ?? 0;
      let back = byte & 127;
      while (byte >= 128 && at < HEADER_MAX) {
        byte = head[at++] ?? 0;
        back = (back + 1) * 128 + (byte & 127);
      }
      base = back > 0 && back <= offset ? indexOf(offsets, offset - back) : -1;
    } else if (type === REF_DELTA) {
      const baseIndex = head.length < at + width ? -1 : index.find(head.subarray(at, at + width));
      if (baseIndex >= 0) base = (inPack ??= inverse(inIndex))[baseIndex]!;
      at += width;
    }
    const isDelta = type === OFS_DELTA || type === REF_DELTA;
    if (isDelta ? base < 0 : TYPES[type] === undefined) continue;
    if (at >= head.length) continue;
    types[number] = type;
    starts[number] = offset + at;
    lengths[number] = next - offset - at;
    sizes[number] = size;
    if (isDelta) bases[number] = base;
  }
  return { length, inIndex, starts, lengths, sizes, types, ...linksOf(bases) };
}

/** Bytes that are read at once: the next headers are mostly among them. */
const WINDOW = 16 * 1024;

/** Reads headers in ascending order. @param end of the last entry */
function headersOf(file: PackFile, end: number): (offset: number, length: number) => Buffer | undefined {
  const window = Buffer.alloc(WINDOW);
  let start = 0;
  let filled = 0;
  return (offset, length) => {
    if (offset + length > start + filled) {
      start = offset;
      filled = Math.min(WINDOW, end - offset);
      if (!file.readOnce(window, 0, start, filled)) {
        filled = 0;
        return undefined;
      }
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

function linksOf(bases: Int32Array): Pick<DeltaTrees, 'firstChild' | 'nextSibling' | 'hasCycle'> {
  const { length } = bases;
  const firstChild = new Int32Array(shared(4 * length)).fill(-1);
  const nextSibling = new Int32Array(shared(4 * length)).fill(-1);
  for (let number = length - 1; number >= 0; number--) {
    const base = bases[number]!;
    if (base < 0) continue;
    nextSibling[number] = firstChild[base]!;
    firstChild[base] = number;
  }
  // Each object after its base; objects in a cycle are in no tree, and are not reached.
  const order = new Int32Array(length);
  let count = 0;
  for (let number = 0; number < length; number++) if (bases[number]! < 0) order[count++] = number;
  for (let at = 0; at < count; at++)
    for (let child = firstChild[order[at]!]!; child >= 0; child = nextSibling[child]!) order[count++] = child;
  const weights = new Int32Array(length).fill(1);
  for (let at = count - 1; at >= 0; at--) {
    const base = bases[order[at]!]!;
    if (base >= 0) weights[base]! += weights[order[at]!]!;
  }
  for (let at = 0; at < count; at++) heaviestLast(order[at]!, firstChild, nextSibling, weights);
  return { firstChild, nextSibling, hasCycle: count < length };
}

/** The base can be forgotten before its last child is visited; so memory holds few texts, however deep the tree. */
function heaviestLast(base: number, firstChild: Int32Array, nextSibling: Int32Array, weights: Int32Array): void {
  let heaviest = firstChild[base]!;
  let last = -1;
  let beforeHeaviest = -1;
  for (let child = heaviest, before = -1; child >= 0; before = child, child = nextSibling[child]!) {
    if (weights[child]! > weights[heaviest]!) {
      heaviest = child;
      beforeHeaviest = before;
    }
    last = child;
  }
  if (heaviest === last) return;
  if (beforeHeaviest < 0) firstChild[base] = nextSibling[heaviest]!;
  else nextSibling[beforeHeaviest] = nextSibling[heaviest]!;
  nextSibling[last] = heaviest;
  nextSibling[heaviest] = -1;
}

/** -1: the number is not there. */
function indexOf(ascending: Float64Array, wanted: number): number {
  const index = lowerBound(ascending, wanted);
  return ascending[index] === wanted ? index : -1;
}

function inverse(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at++) places[order[at]!] = at;
  return places;
}

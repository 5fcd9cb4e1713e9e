/**
 * Which object of a pack is made of which: read from the headers alone. A family is an object that stands for itself, and
 * everything that is made of it, step by step.
 */

import type { ObjectType } from '../../git/objects.ts';
import type { PackFile } from './pack-file.ts';
import type { PackIndex } from './pack-index.ts';

/** As they stand in headers; 6 and 7 are deltas. */
export const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];
const OFS_DELTA = 6;
const REF_DELTA = 7;

/** Objects in the order in which they stand in the pack; numbers of objects are places in this order. */
export interface DeltaTrees {
  readonly length: number;
  /** The object's number in the index. */
  readonly inIndex: Uint32Array;
  /** Where the compressed bytes begin, and how many there are at most. */
  readonly starts: Float64Array;
  readonly lengths: Float64Array;
  /** Of what is compressed: the text, or the delta. */
  readonly sizes: Float64Array;
  /** Of those that stand for themselves; 6 or 7: a delta; 0: nothing that can be read. */
  readonly types: Uint8Array;
  /** The first that is made of it, and the next that is made of the same; -1: none. The one with the largest family is last. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Whether some are made of each other, so that there is no beginning. */
  readonly hasRing: boolean;
}

/** Memory that other threads can read, too. */
const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** Nothing has a longer header: a size, and the id of a base of 32 bytes. */
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
  const buffer = Buffer.alloc(HEADER_MAX);
  let head = buffer;

  for (let number = 0; number < length; number++) {
    const offset = offsets[number]!;
    const next = number + 1 < length ? offsets[number + 1]! : end;
    if (offset < 12 || next > end || next <= offset) continue;
    head = buffer.subarray(0, Math.min(HEADER_MAX, next - offset));
    if (!file.read(head, 0, offset, head.length)) continue;
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
      base = back > 0 && back <= offset ? search(offsets, offset - back) : -1;
    } else if (type === REF_DELTA) {
      const known = head.length < at + width ? -1 : index.find(head.subarray(at, at + width));
      if (known >= 0) base = (inPack ??= inverse(inIndex))[known]!;
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
  return { length, inIndex, starts, lengths, sizes, types, ...toLists(bases) };
}

function toLists(bases: Int32Array): Pick<DeltaTrees, 'firstChild' | 'nextSibling' | 'hasRing'> {
  const { length } = bases;
  const firstChild = new Int32Array(shared(4 * length)).fill(-1);
  const nextSibling = new Int32Array(shared(4 * length)).fill(-1);
  for (let number = length - 1; number >= 0; number--) {
    const base = bases[number]!;
    if (base < 0) continue;
    nextSibling[number] = firstChild[base]!;
    firstChild[base] = number;
  }
  // Each after its base; those that are made of each other in a ring are in no family, and never come.
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
  return { firstChild, nextSibling, hasRing: count < length };
}

/** Before the last of them its base can be forgotten, so memory holds few texts, however long the family. */
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

function search(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function inverse(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at++) places[order[at]!] = at;
  return places;
}

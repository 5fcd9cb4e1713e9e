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

/**
 * The objects in the order in which they are scanned: tree by tree, each depth first, trees in the order of their roots in the pack. An
 * object's number is its position in this order, so a subtree is a range of numbers. Of the objects that are made from the same one, that
 * with the largest subtree is the last. All of it is memory that other threads can read as well.
 */
export interface DeltaTrees {
  readonly length: number;
  /** The object's position in the index. */
  readonly inIndex: Uint32Array;
  /** Where the compressed bytes start, and how many there are at most. */
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
  /** The size of the inflated text or delta. Sizes and lengths beyond 32 bits are the largest number. */
  readonly sizes: Uint32Array;
  /** The number of the first object behind the subtree. */
  readonly ends: Uint32Array;
  /** The type, in which {@link IS_MADE} is set for deltas; 0: an entry that cannot be read. */
  readonly types: Uint8Array;
  /** Whether some deltas form a cycle, so that none of them can be applied. */
  readonly hasCycle: boolean;
}

/** Set in the type of an object that is made from another one. */
export const IS_MADE = 8;

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** No header is longer: a size, and the id of a base of 32 bytes. */
const HEADER_MAX = 64;

export function readDeltaTrees(file: PackFile, index: PackIndex): DeltaTrees {
  const { length } = index;
  const entries = readEntries(file, index);
  const tree = treeOf(entries.bases);
  const { numbers, subtrees, hasCycle } = tree;
  const trees = {
    length,
    inIndex: new Uint32Array(shared(4 * length)),
    starts: new Float64Array(shared(8 * length)),
    lengths: new Uint32Array(shared(4 * length)),
    sizes: new Uint32Array(shared(4 * length)),
    ends: new Uint32Array(shared(4 * length)),
    types: new Uint8Array(shared(length)),
    hasCycle,
  };
  for (let entry = 0; entry < length; entry++) {
    const number = numbers[entry]!;
    trees.inIndex[number] = entries.inIndex[entry]!;
    trees.starts[number] = entries.starts[entry]!;
    trees.lengths[number] = entries.lengths[entry]!;
    trees.sizes[number] = entries.sizes[entry]!;
    trees.ends[number] = number + subtrees[entry]!;
    trees.types[number] = entries.types[entry]!;
  }
  // Those that are made have the type of their root.
  for (let root = 0; root < length; root = trees.ends[root]!)
    if (trees.ends[root]! > root + 1)
      trees.types.fill(trees.types[root] === 0 ? 0 : trees.types[root]! | IS_MADE, root + 1, trees.ends[root]);
  return trees;
}

/** The entries in their order in the pack. */
interface Entries {
  readonly inIndex: Uint32Array;
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
  readonly sizes: Uint32Array;
  /** 0 for deltas too. */
  readonly types: Uint8Array;
  /** The entry that it is made from; -1: none. */
  readonly bases: Int32Array;
}

function readEntries(file: PackFile, index: PackIndex): Entries {
  const { length, width } = index;
  const offsets = index.readOffsets();
  const inIndex = sortOffsets(offsets);
  const starts = new Float64Array(length);
  const lengths = new Uint32Array(length);
  const sizes = new Uint32Array(length);
  const types = new Uint8Array(length);
  const bases = new Int32Array(length).fill(-1);
  const packEnd = file.size - width;
  let inPack: Uint32Array | undefined;
  const window = Buffer.alloc(WINDOW);
  const headerAt = headersIn(window, file, packEnd);

  for (let entry = 0; entry < length; entry++) {
    const offset = offsets[entry]!;
    const next = entry + 1 < length ? offsets[entry + 1]! : packEnd;
    if (offset < 12 || next > packEnd || next <= offset) continue;
    const end = Math.min(HEADER_MAX, next - offset);
    const start = headerAt(offset, end);
    if (start < 0) continue;
    let at = 0;
    let byte = window[start + at++]!;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte >= 128 && at < Math.min(12, end); scale *= 128) {
      byte = window[start + at++]!;
      size += (byte & 127) * scale;
    }
    let base = -1;
    if (type === OFS_DELTA && at < end) {
      byte = window[start + at++]!;
      let back = byte & 127;
      while (byte >= 128 && at < end) {
        byte = window[start + at++]!;
        back = (back + 1) * 128 + (byte & 127);
      }
      base = back > 0 && back <= offset ? indexOf(offsets, offset - back) : -1;
    } else if (type === REF_DELTA) {
      const baseIndex = end < at + width ? -1 : index.find(window.subarray(start + at, start + at + width));
      if (baseIndex >= 0) base = (inPack ??= inverse(inIndex))[baseIndex]!;
      at += width;
    }
    const isDelta = type === OFS_DELTA || type === REF_DELTA;
    if (isDelta ? base < 0 : TYPES[type] === undefined) continue;
    if (at >= end) continue;
    if (isDelta) bases[entry] = base;
    else types[entry] = type;
    starts[entry] = offset + at;
    lengths[entry] = Math.min(next - offset - at, U32_MAX);
    sizes[entry] = Math.min(size, U32_MAX);
  }
  return { inIndex, starts, lengths, sizes, types, bases };
}

const U32_MAX = 0xffff_ffff;

/** Bytes that are read at once: the next headers are mostly among them. */
const WINDOW = 16 * 1024;

/**
 * Reads headers in ascending order, each as a part of the window.
 *
 * @param end of the last entry
 * @returns a function that returns where a header is in the window; -1: it cannot be read
 */
function headersIn(window: Buffer, file: PackFile, end: number): (offset: number, length: number) => number {
  let start = 0;
  let filled = 0;
  return (offset, length) => {
    if (offset + length > start + filled) {
      start = offset;
      filled = Math.min(WINDOW, end - offset);
      if (!file.read(window, 0, start, filled)) {
        filled = 0;
        return -1;
      }
    }
    return offset - start;
  };
}

/** Bits of a position, and of an offset, in a key of 64. */
const POSITION_BITS = 24;
const OFFSET_BITS = 40;

/** Sorts offsets. Returns where each was before. */
function sortOffsets(offsets: Float64Array): Uint32Array {
  const { length } = offsets;
  const order = new Uint32Array(length);
  if (length >= 2 ** POSITION_BITS || offsets.some((offset) => offset >= 2 ** OFFSET_BITS)) {
    for (let at = 0; at < length; at++) order[at] = at;
    order.sort((a, b) => offsets[a]! - offsets[b]!);
    offsets.sort();
    return order;
  }
  // Numbers are sorted several times as fast if no function compares them.
  const keys = new Uint32Array(2 * length);
  for (let at = 0; at < length; at++) {
    const offset = offsets[at]!;
    keys[2 * at] = (offset << POSITION_BITS) | at;
    keys[2 * at + 1] = offset / 2 ** (32 - POSITION_BITS);
  }
  new BigUint64Array(keys.buffer).sort();
  for (let at = 0; at < length; at++) {
    const low = keys[2 * at]!;
    order[at] = low % 2 ** POSITION_BITS;
    offsets[at] = keys[2 * at + 1]! * 2 ** (32 - POSITION_BITS) + (low >>> POSITION_BITS);
  }
  return order;
}

interface Tree {
  /** The number of each entry. */
  readonly numbers: Uint32Array;
  /** How many entries the subtree of each has. */
  readonly subtrees: Uint32Array;
  readonly hasCycle: boolean;
}

/** @param bases the entry that each is made from; -1: none */
function treeOf(bases: Int32Array): Tree {
  const { length } = bases;
  const order = basesFirst(bases);
  const subtrees = new Uint32Array(length).fill(1);
  // The base can be forgotten before its last child is made, so memory holds few texts, however deep the tree.
  const last = new Int32Array(length).fill(-1);
  for (let at = order.length - 1; at >= 0; at--) {
    const entry = order[at]!;
    const base = bases[entry]!;
    if (base < 0) continue;
    subtrees[base]! += subtrees[entry]!;
    if (last[base]! < 0 || subtrees[entry]! > subtrees[last[base]!]!) last[base] = entry;
  }
  const numbers = new Uint32Array(length);
  /** The number of the next object that is made from each. */
  const nexts = new Uint32Array(length);
  let next = 0;
  for (const entry of order) {
    const base = bases[entry]!;
    const count = subtrees[entry]!;
    let number = next;
    if (base < 0) next += count;
    else if (last[base] === entry) number = numbers[base]! + subtrees[base]! - count;
    else {
      number = nexts[base]!;
      nexts[base]! += count;
    }
    numbers[entry] = number;
    nexts[entry] = number + 1;
  }
  const hasCycle = order.length < length;
  if (hasCycle) {
    const isInTree = new Uint8Array(length);
    for (const entry of order) isInTree[entry] = 1;
    for (let entry = 0; entry < length; entry++) if (isInTree[entry] === 0) numbers[entry] = next++;
  }
  return { numbers, subtrees, hasCycle };
}

/** The entries, each after its base; entries in a cycle are left out. Mostly that is their order in the pack. */
function basesFirst(bases: Int32Array): Int32Array {
  const { length } = bases;
  const order = new Int32Array(length);
  if (bases.every((base, entry) => base < entry)) {
    for (let entry = 0; entry < length; entry++) order[entry] = entry;
    return order;
  }
  const firstChild = new Int32Array(length).fill(-1);
  const nextSibling = new Int32Array(length).fill(-1);
  for (let entry = length - 1; entry >= 0; entry--) {
    const base = bases[entry]!;
    if (base < 0) continue;
    nextSibling[entry] = firstChild[base]!;
    firstChild[base] = entry;
  }
  let count = 0;
  for (let entry = 0; entry < length; entry++) if (bases[entry]! < 0) order[count++] = entry;
  for (let at = 0; at < count; at++)
    for (let child = firstChild[order[at]!]!; child >= 0; child = nextSibling[child]!) order[count++] = child;
  return order.subarray(0, count);
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

/** Ids of objects in ascending order, each once, in memory that threads share: as the index of a pack has them. */

import { partitionPoint } from '../lib/binary-search.ts';

/** What threads share of it. */
export interface SharedIds {
  /** The ids, one after the other; in shared memory. */
  readonly bytes: Uint8Array;
  /** Bytes of an id. */
  readonly width: number;
  readonly shift: number;
  readonly starts: Uint32Array;
}

/** Ids for each value of their first bits, on average. */
const IDS_PER_START = 32;

export class SortedIds implements SharedIds {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly length: number;
  /** How far the first 32 bits of an id are shifted to look it up in `starts`. */
  readonly shift: number;
  /** For each value of the first bits: the first id with it, or with a larger one; and how many ids there are. */
  readonly starts: Uint32Array;

  private constructor(bytes: Uint8Array, width: number, shift: number, starts: Uint32Array) {
    this.bytes = bytes;
    this.width = width;
    this.length = bytes.length / width;
    this.shift = shift;
    this.starts = starts;
  }

  /** The same ids in another thread. */
  static from({ bytes, width, shift, starts }: SharedIds): SortedIds {
    return new SortedIds(bytes, width, shift, starts);
  }

  /** @param bytes in shared memory @param width bytes of an id @returns undefined if they are not in order, or one is there twice */
  static of(bytes: Uint8Array, width: number): SortedIds | undefined {
    const length = bytes.length / width;
    const bits = Math.min(24, Math.max(1, Math.ceil(Math.log2(length / IDS_PER_START + 1))));
    const shift = 32 - bits;
    const starts = new Uint32Array(new SharedArrayBuffer(4 * (2 ** bits + 1)));
    let value = 0;
    for (let index = 0; index < length; index++) {
      if (index > 0 && compareIds(bytes, (index - 1) * width, bytes, index * width, width) >= 0) return undefined;
      for (const own = firstBits(bytes, index * width) >>> shift; value <= own; value++) starts[value] = index;
    }
    starts.fill(length, value);
    return new SortedIds(bytes, width, shift, starts);
  }

  /** The position of an id; -1: it is not there. @param at where it starts */
  find(id: Uint8Array, at = 0): number {
    const bucket = firstBits(id, at) >>> this.shift;
    let low = this.starts[bucket]!;
    let high = this.starts[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareIds(this.bytes, middle * this.width, id, at, this.width);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

function firstBits(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Negative, 0 or positive, as the first id is smaller, the same or larger. Calling Node for twenty bytes would take longer. */
export function compareIds(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, width: number): number {
  for (let byte = 0; byte < width; byte++) {
    const difference = a[aAt + byte]! - b[bAt + byte]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Objects by their ids in ascending order, each once. */
export interface SortedObjects {
  readonly ids: SortedIds;
  /** The type of each, as `object-list.ts` numbers them. */
  readonly types: Uint8Array;
}

/** All objects of both; where both have one, the type is that of the first. */
export function mergeObjects(one: SortedObjects, other: SortedObjects): SortedObjects {
  const { width, bytes: oneBytes, length } = one.ids;
  const { bytes: otherBytes } = other.ids;
  const added: number[] = [];
  for (let index = 0; index < other.ids.length; index++)
    if (one.ids.find(otherBytes, index * width) < 0) added.push(index);
  if (added.length === 0) return one;
  const bytes = new Uint8Array(new SharedArrayBuffer((length + added.length) * width));
  const types = new Uint8Array(new SharedArrayBuffer(length + added.length));
  let done = 0;
  let at = 0;
  const copyUntil = (end: number): void => {
    bytes.set(oneBytes.subarray(done * width, end * width), at * width);
    types.set(one.types.subarray(done, end), at);
    at += end - done;
    done = end;
  };
  for (const index of added) {
    copyUntil(firstAfter(one.ids, done, otherBytes, index * width));
    bytes.set(otherBytes.subarray(index * width, (index + 1) * width), at * width);
    types[at++] = other.types[index]!;
  }
  copyUntil(length);
  const ids = SortedIds.of(bytes, width);
  if (ids === undefined) throw new Error('merged ids are not in order');
  return { ids, types };
}

/** The first of the ids that is larger than another one, from a position on: it is mostly near. */
function firstAfter(ids: SortedIds, from: number, id: Uint8Array, at: number): number {
  const isBefore = (index: number): boolean => compareIds(ids.bytes, index * ids.width, id, at, ids.width) < 0;
  let low = from;
  let step = 1;
  for (; low + step < ids.length && isBefore(low + step); step *= 2) low += step;
  return partitionPoint(low, Math.min(ids.length, low + step), isBefore);
}

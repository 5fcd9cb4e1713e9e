/** Sets of object ids: what is in one and not in another, by walking both in order. */

import { compareIds, SortedIds } from './sorted-ids.ts';

/** No ids. */
export function noIds(width = 20): SortedIds {
  return inOrder(new Uint8Array(0), width);
}

/** @param ids hex, in any order, each any number of times; all of one length */
export function idsOf(ids: Iterable<string>): SortedIds {
  const sorted = [...new Set(ids)].toSorted();
  return inOrder(Buffer.from(sorted.join(''), 'hex'), (sorted[0] ?? '').length / 2 || 20);
}

export function hasId(ids: SortedIds, id: string): boolean {
  return ids.length > 0 && id.length === 2 * ids.width && ids.find(Buffer.from(id, 'hex')) >= 0;
}

export function hexIds({ bytes, width, length }: SortedIds): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length }, (_, index) => all.toString('hex', index * width, (index + 1) * width));
}

export function areSame(one: SortedIds, other: SortedIds): boolean {
  return one.length === other.length && Buffer.compare(one.bytes, other.bytes) === 0;
}

/** The ids of `all` that `some` does not have. */
export function idsWithout(all: SortedIds, some: SortedIds): SortedIds {
  return chosen(all, some, false);
}

/** The ids of `all` that `some` has as well. */
export function idsInBoth(all: SortedIds, some: SortedIds): SortedIds {
  return chosen(all, some, true);
}

function chosen(all: SortedIds, some: SortedIds, isKept: boolean): SortedIds {
  if (all.length === 0 || some.length === 0 || all.width !== some.width) return isKept ? noIds(all.width) : all;
  const { bytes, width } = all;
  const kept = new Uint8Array(isKept ? Math.min(bytes.length, some.bytes.length) : bytes.length);
  let [length, at] = [0, 0];
  for (let start = 0; start < bytes.length; start += width) {
    let order = 1;
    for (; at < some.bytes.length; at += width) {
      order = compareIds(some.bytes, at, bytes, start, width);
      if (order >= 0) break;
    }
    const isShared = at < some.bytes.length && order === 0;
    if (isShared !== isKept) continue;
    for (let byte = 0; byte < width; byte++) kept[length + byte] = bytes[start + byte]!;
    length += width;
  }
  return length === bytes.length ? all : inOrder(kept.subarray(0, length), width);
}

/** The ids of both. */
export function idsOfBoth(one: SortedIds, other: SortedIds): SortedIds {
  if (one.length === 0) return other;
  if (other.length === 0 || one.width !== other.width) return one;
  const { width } = one;
  const all = new Uint8Array(one.bytes.length + other.bytes.length);
  let [length, a, b] = [0, 0, 0];
  while (a < one.bytes.length || b < other.bytes.length) {
    const order =
      a >= one.bytes.length ? 1 : b >= other.bytes.length ? -1 : compareIds(one.bytes, a, other.bytes, b, width);
    const [from, at] = order <= 0 ? [one.bytes, a] : [other.bytes, b];
    for (let byte = 0; byte < width; byte++) all[length + byte] = from[at + byte]!;
    length += width;
    if (order <= 0) a += width;
    if (order >= 0) b += width;
  }
  return inOrder(all.subarray(0, length), width);
}

function inOrder(bytes: Uint8Array, width: number): SortedIds {
  const ids = SortedIds.of(bytes, width);
  if (ids === undefined) throw new Error('ids are not in order');
  return ids;
}

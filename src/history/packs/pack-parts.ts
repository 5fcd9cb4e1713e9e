/** How threads share a pack: it is divided into parts of whole delta trees. */

import type { DeltaTrees } from './delta-trees.ts';

export interface PackParts {
  /** The number of the first object of each part; and how many objects there are. In shared memory. */
  readonly starts: Uint32Array;
}

/** What an object costs besides its bytes, in bytes. */
const OBJECT_COST = 64;

/** The smallest parts are so many to a pack, so that threads end at about the same time. */
const PARTS_MAX = 64;

/** What it costs to scan a range of objects, in bytes of the pack: its progress. */
export function costOf({ lengths }: DeltaTrees, start: number, end: number): number {
  let cost = 0;
  for (let number = start; number < end; number++) cost += lengths[number]! + OBJECT_COST;
  return cost;
}

/**
 * Parts of neighbours, because these are near each other in the pack. They become smaller towards the end, so that no thread has much
 * to do when the others have nothing left.
 */
export function partsOf(trees: DeltaTrees, threads: number): PackParts {
  const { ends, lengths, length } = trees;
  let left = costOf(trees, 0, length);
  const least = left / PARTS_MAX;
  const starts = [0];
  let size = 0;
  for (let root = 0; root < length; root = ends[root]!) {
    for (let number = root; number < ends[root]!; number++) size += lengths[number]! + OBJECT_COST;
    if (threads === 1 || size < Math.max(least, left / (2 * threads))) continue;
    left -= size;
    size = 0;
    starts.push(ends[root]!);
  }
  if (starts.at(-1) !== length) starts.push(length);
  const shared = new Uint32Array(new SharedArrayBuffer(4 * starts.length));
  shared.set(starts);
  return { starts: shared };
}

/** Binary search. */

/**
 * The first index in `[start, end)` that is not before the wanted one; `end` when all are.
 *
 * @param isBefore true up to some index, and false from there on
 */
export function partitionPoint(start: number, end: number, isBefore: (index: number) => boolean): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first number that is not smaller than `least`; the length when there is none. */
export function lowerBound(ascending: ArrayLike<number>, least: number): number {
  return partitionPoint(0, ascending.length, (index) => ascending[index]! < least);
}

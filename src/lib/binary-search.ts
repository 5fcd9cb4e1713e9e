/** Binary search. */

/**
 * The first index in `[start, end)` for which `isBefore` is false; `end` if it is true for all.
 *
 * @param isBefore true up to some index, and false from then on
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

/** The index of the first number that is at least `least`; the length if all are smaller. */
export function lowerBound(ascending: ArrayLike<number>, least: number): number {
  return partitionPoint(0, ascending.length, (index) => ascending[index]! < least);
}

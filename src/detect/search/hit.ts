/**
 * A hit packed into one number: a kernel may report one every few bytes, and numbers in an array are sorted and kept
 * without an object for each. Hits sort by position, and at the same position by needle.
 */

declare const brand: unique symbol;
export type Hit = number & { readonly [brand]: 'hit' };

/** More than there are needles; a position times this is exact up to 2^37. */
const NEEDLES = 0x10000;
/** The index of a hit that is a line break which may split encoded text. */
const LINE_BREAK = NEEDLES - 1;

export function packHit(position: number, needle: number): Hit {
  return (position * NEEDLES + needle) as Hit; // the one place where hits are made
}

export function packLineBreak(position: number): Hit {
  return packHit(position, LINE_BREAK);
}

export function positionOf(hit: Hit): number {
  return Math.floor(hit / NEEDLES);
}

/** The index of the needle; meaningless for a line break. Not by `%`, which is a function call for large numbers. */
export function needleIndexOf(hit: Hit): number {
  return hit - positionOf(hit) * NEEDLES;
}

export function isLineBreak(hit: Hit): boolean {
  return needleIndexOf(hit) === LINE_BREAK;
}

/** The same hit in a text that moved towards the front by `count` bytes. */
export function movedBack(hit: Hit, count: number): Hit {
  return (hit - count * NEEDLES) as Hit; // the needle stays
}

export function ascending(a: Hit, b: Hit): number {
  return a - b;
}

/** Two ascending lists as one. Usually one of them is empty, or the second continues the first. */
export function merged(some: Hit[], others: Hit[]): Hit[] {
  if (others.length === 0) return some;
  if (some.length === 0) return others;
  const both: Hit[] = [];
  let next = 0;
  for (const hit of some) {
    while (next < others.length && others[next]! < hit) both.push(others[next++]!);
    both.push(hit);
  }
  while (next < others.length) both.push(others[next++]!);
  return both;
}

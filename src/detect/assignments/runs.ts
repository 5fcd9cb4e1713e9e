/** Finds long runs of characters. Most words are short, so most bytes are never read. */

import type { Span } from '../../model/region.ts';

export function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/**
 * Finds the runs that begin in `[start, end)` and have at least `shortest` bytes.
 *
 * @param is 1 for each byte that belongs to runs
 * @param filled bytes that may be read
 */
export function findRuns(
  bytes: Uint8Array,
  { start, end: to }: Span,
  filled: number,
  is: Uint8Array,
  shortest: number,
  onRun: (start: number, end: number) => void,
): void {
  let at = start;
  // The run that contains the first byte may have begun before it.
  if (at > 0) while (at < to && is[bytes[at]!] === 1 && is[bytes[at - 1]!] === 1) at++;
  while (at < to && at + shortest <= filled) {
    // A run from here on has this byte; the last one before it that belongs to none is where to go on.
    let back = at + shortest - 1;
    while (back >= at && is[bytes[back]!] === 1) back--;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    let end = at + shortest;
    while (end < filled && is[bytes[end]!] === 1) end++;
    onRun(at, end);
    at = end + 1;
  }
}

/** Follows lines and columns through a stream of which only a window is in memory. */

import { utf16Length } from '../../lib/text-position.ts';
import type { Kernel } from '../search/kernel.ts';
import { LF } from '../../lib/bytes.ts';

export interface Place {
  /** Absolute offset of the byte. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

export const BEGINNING: Place = { offset: 0, line: 1, column: 1 };

/**
 * The place of `to`, given the place of an earlier offset.
 *
 * @param kernel has the window in its memory; its first byte has the absolute offset `base`
 * @param to absolute offset, at or after `from.offset`, within the window
 */
export function advance(kernel: Kernel, base: number, from: Place, to: number): Place {
  const { bytes } = kernel;
  if (to === from.offset) return from;
  const start = from.offset - base;
  const end = to - base;
  // A Buffer's own search is many times faster than that of a plain array.
  const last = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).lastIndexOf(LF);
  const lastLineEnd = start + last;
  if (last < 0) {
    return { offset: to, line: from.line, column: from.column + columnsOf(kernel, start, end) };
  }
  return {
    offset: to,
    line: from.line + kernel.countLines(start, lastLineEnd + 1),
    column: 1 + columnsOf(kernel, lastLineEnd + 1, end),
  };
}

/** Longer parts of a line are assumed to be valid UTF-8: to decode them would cost more than the search. */
const COUNTED_EXACTLY = 4096;

/** UTF-16 units; most lines are ASCII and need no decoding. */
function columnsOf(kernel: Kernel, start: number, end: number): number {
  const rest = start + kernel.asciiLength(start, end);
  const ascii = rest - start;
  return ascii + (end - rest > COUNTED_EXACTLY ? kernel.utf16Units(rest, end) : utf16Length(kernel.bytes, rest, end));
}

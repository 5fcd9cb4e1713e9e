/** Follows lines and columns through a stream of which only a window is in memory. */

import { countLines, utf16Length } from '../lib/text-position.ts';

const LF = 0x0a;

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
 * @param bytes the window; `bytes[0]` has the absolute offset `base`
 * @param to absolute offset, at or after `from.offset`, within the window
 */
export function advance(bytes: Uint8Array, base: number, from: Place, to: number): Place {
  if (to === from.offset) return from;
  const start = from.offset - base;
  const end = to - base;
  const lastLineEnd = end > 0 ? bytes.lastIndexOf(LF, end - 1) : -1;
  if (lastLineEnd < start) {
    return { offset: to, line: from.line, column: from.column + utf16Length(bytes, start, end) };
  }
  return {
    offset: to,
    line: from.line + countLines(bytes, start, lastLineEnd + 1),
    column: 1 + utf16Length(bytes, lastLineEnd + 1, end),
  };
}

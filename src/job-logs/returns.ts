/** Carriage returns within words. */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { utf16Length } from '../lib/text-position.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';
import { CR, SPACE } from '../lib/bytes.ts';

/**
 * The line without returns within words. A shell that echoes typed text continues at the left edge with a blank and a
 * carriage return. Undefined if the line has none.
 */
export function withoutReturns({
  bytes,
  starts,
  ends,
  columns,
  count,
  base,
  line,
}: VisibleLine): Rendering | undefined {
  const rendering = new Rendering();
  let cuts = 0;
  for (let run = 0; run < count; run++) {
    const end = ends[run]!;
    let start = starts[run]!;
    let column = columns[run]!;
    for (let at = start + 2; at + 1 < end; at++) {
      if (bytes[at] !== CR || bytes[at - 1] !== SPACE || !isInWord(bytes[at - 2]) || !isInWord(bytes[at + 1])) continue;
      rendering.add(bytes, start, at - 1, base + start, line, column);
      column += utf16Length(bytes, start, at + 1);
      start = at + 1;
      cuts++;
    }
    rendering.add(bytes, start, end, base + start, line, column);
  }
  return cuts === 0 ? undefined : rendering;
}

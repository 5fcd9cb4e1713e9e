/**
 * A line put together in another way: a word ends where something stands that is not seen, and what was written over with
 * backspaces is not there. It is made only of lines that have such places.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';
import { SPACE } from '../lib/bytes.ts';

/** So much of what stands before the first such place is taken, where the line is long. */
const BEFORE = 1024;
/** A longer one is cut between two words, and in any case where no credential is that long. */
const LONG = 8 * 1024;
const LONGEST = 15 * 1024;

export class Alternate {
  #rendering: Rendering | undefined;

  get isBegun(): boolean {
    return this.#rendering !== undefined;
  }

  /** Begins with what is known of the line. @param run the last part of it that was seen */
  begin(visible: VisibleLine, run: { readonly start: number; readonly end: number; readonly column: number }): void {
    const rendering = (this.#rendering = new Rendering());
    const { bytes, starts, ends, columns, count, base, line } = visible;
    if (count > 0) {
      const first = Math.max(0, firstWithin(visible));
      for (let at = first; at < count; at++)
        rendering.add(bytes, starts[at]!, ends[at]!, base + starts[at]!, line, columns[at]!);
      return;
    }
    if (run.end - run.start <= BEFORE) rendering.add(bytes, run.start, run.end, base + run.start, line, run.column);
  }

  /** Goes on with a part of the line; gives what is long enough. */
  add(bytes: Uint8Array, start: number, end: number, raw: number, line: number, column: number): Rendering | undefined {
    const rendering = this.#rendering;
    if (rendering === undefined) return undefined;
    rendering.add(bytes, start, end, raw, line, column);
    const { length } = rendering;
    if (length < LONG || (length < LONGEST && bytes[end - 1] !== SPACE)) return undefined;
    return this.end();
  }

  separate(): void {
    this.#rendering?.separate();
  }

  back(): void {
    this.#rendering?.back();
  }

  /** Ends it. */
  end(): Rendering | undefined {
    const rendering = this.#rendering;
    this.#rendering = undefined;
    return rendering;
  }
}

/** The first run of a line that is not too far before its end. */
function firstWithin({ starts, ends, count }: VisibleLine): number {
  let length = 0;
  let first = count;
  while (first > 0 && length < LONG / 2) {
    first--;
    length += ends[first]! - starts[first]!;
  }
  return first;
}

/** Whether something that is not seen stands within a word. */
export function isGlued(before: number | undefined, after: number | undefined): boolean {
  return isInWord(before) && isInWord(after);
}

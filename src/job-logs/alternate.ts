/**
 * A second rendering of a line: with a word end at each mark that is not visible, or without the characters that
 * backspaces remove. Only lines with such marks have one.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';
import { SPACE } from '../lib/bytes.ts';

/** Bytes before the first mark that are rendered, too, if the line is long. */
const BEFORE = 1024;
/** A longer rendering is cut between two words, and at `LONGEST` anywhere: no credential is that long. */
const LONG = 8 * 1024;
const LONGEST = 15 * 1024;

export class Alternate {
  #rendering: Rendering | undefined;

  get isBegun(): boolean {
    return this.#rendering !== undefined;
  }

  /** Begins with the line so far. @param run its last visible part */
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

  /** Adds a part of the line; returns the rendering when it is long enough. */
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

  /** Ends the rendering, and returns it. */
  end(): Rendering | undefined {
    const rendering = this.#rendering;
    this.#rendering = undefined;
    return rendering;
  }
}

/** The first run of a line that is near enough to its end. */
function firstWithin({ starts, ends, count }: VisibleLine): number {
  let length = 0;
  let first = count;
  while (first > 0 && length < LONG / 2) {
    first--;
    length += ends[first]! - starts[first]!;
  }
  return first;
}

/** Whether a mark that is not visible is within a word. */
export function isGlued(before: number | undefined, after: number | undefined): boolean {
  return isInWord(before) && isInWord(after);
}

/** The other ways to read a line with invisible marks: with a word end at each, and without what backspaces remove. */

import { Alternate, isGlued } from './alternate.ts';
import type { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';

const NO_RUN = { start: 0, end: 0, column: 1 };

export class Alternates {
  readonly #visible: VisibleLine;
  readonly #onRendering: (rendering: Rendering) => void;
  readonly #separated = new Alternate();
  readonly #written = new Alternate();
  /** The last visible byte of the line, and the run that ends with it. */
  #last: number | undefined;
  #lastRun = NO_RUN;

  /** @param onRendering gets each of them, and parts of those that are long */
  constructor(visible: VisibleLine, onRendering: (rendering: Rendering) => void) {
    this.#visible = visible;
    this.#onRendering = onRendering;
  }

  get last(): number | undefined {
    return this.#last;
  }

  beginLine(): void {
    this.#last = undefined;
    this.#lastRun = NO_RUN;
  }

  /** Adds a run that the visible line has by now. */
  run(start: number, end: number, column: number): void {
    const { bytes, base, line } = this.#visible;
    this.#lastRun = { start, end, column };
    this.#last = bytes[end - 1];
    for (const alternate of [this.#separated, this.#written])
      if (alternate.isBegun) this.#give(alternate.add(bytes, start, end, base + start, line, column));
  }

  /** A word ends here. */
  separate(): void {
    this.#separated.separate();
    this.#written.separate();
  }

  back(): void {
    this.#begin(this.#written);
    this.#written.back();
    this.#separated.separate();
  }

  /** An invisible mark, and the byte after it. */
  mark(next: number | undefined): void {
    if (!isGlued(this.#last, next)) return;
    this.#begin(this.#separated);
    this.#separated.separate();
  }

  endLine(): void {
    this.#give(this.#separated.end());
    this.#give(this.#written.end());
  }

  /** To be called when the bytes have moved: the last run is no longer there. */
  forgetRun(): void {
    this.#lastRun = { ...this.#lastRun, start: 0, end: 0 };
  }

  #begin(alternate: Alternate): void {
    if (!alternate.isBegun) alternate.begin(this.#visible, this.#lastRun);
  }

  #give(rendering: Rendering | undefined): void {
    if (rendering !== undefined) this.#onRendering(rendering);
  }
}

/** The last line of each stream, which may be continued after another stream has written. */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { Rendering } from './rendering.ts';
import type { VisibleLine } from './visible-line.ts';

/** The runner cuts lines at 8 KiB, and at carriage returns; a shorter line that ends within a word may be cut, too. */
const CUT_AT = 1024;

export class Tails {
  readonly #tails = new Map<number, Rendering>();

  /** The line that the stream continues; undefined if its last line was complete. */
  of(stream: number): Rendering | undefined {
    return this.#tails.get(stream);
  }

  /** Keeps the last line of a stream when another stream begins to write. */
  keep(stream: number, { bytes, starts, ends, columns, count, base, line }: VisibleLine, hasReturns: boolean): void {
    this.#tails.delete(stream);
    if (count === 0) return;
    const last = ends[count - 1]!;
    if (!hasReturns && last - starts[0]! < CUT_AT && !isInWord(bytes[last - 1])) return;
    const tail = new Rendering();
    for (let run = 0; run < count; run++)
      tail.add(bytes, starts[run]!, ends[run]!, base + starts[run]!, line, columns[run]!);
    this.#tails.set(stream, tail);
  }
}

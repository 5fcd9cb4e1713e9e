/** The last line of each stream, which may be continued after another stream has written. */

import { isInWord } from '../detect/tokens/alphabet.ts';
import type { LastLine } from './line-walker.ts';
import { AT, COLUMN, LINE, RAW, STRIDE } from './part-list.ts';
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

  /** Keeps the last line of a stream when another stream begins to write; 0 is no stream. */
  keep(stream: number, { bytes, starts, ends, columns, count, base, line }: VisibleLine, hasReturns: boolean): void {
    this.#tails.delete(stream);
    if (stream === 0 || count === 0) return;
    const last = ends[count - 1]!;
    if (!hasReturns && last - starts[0]! < CUT_AT && !isInWord(bytes[last - 1])) return;
    const tail = new Rendering();
    for (let run = 0; run < count; run++)
      tail.add(bytes, starts[run]!, ends[run]!, base + starts[run]!, line, columns[run]!);
    this.#tails.set(stream, tail);
  }

  /** As {@link keep}, of a line that was walked. */
  keepWalked({ stream, text, parts, hasReturns }: LastLine): void {
    this.#tails.delete(stream);
    if (parts.length === 0) return;
    const begin = parts[AT]!;
    const last = parts.length - STRIDE;
    const length = parts[last + RAW]! + begin + text.length - parts[last + AT]! - parts[RAW]!;
    if (!hasReturns && length < CUT_AT && !isInWord(text.at(-1))) return;
    const tail = new Rendering();
    for (let part = 0, next = 0; part < parts.length; part = next) {
      next = part + STRIDE;
      const distance = parts[part + RAW]! - parts[part + AT]!;
      // A long run has several parts.
      while (next < parts.length && distance === parts[next + RAW]! - parts[next + AT]!) next += STRIDE;
      const [start, end] = [parts[part + AT]! - begin, next < parts.length ? parts[next + AT]! - begin : text.length];
      tail.add(text, start, end, parts[part + RAW]!, parts[part + LINE]!, parts[part + COLUMN]!);
    }
    this.#tails.set(stream, tail);
  }
}

/** The last line of each stream, which may go on after another stream has written. */

import { Rendering } from './rendering.ts';
import { isInWord, type VisibleLine } from './wraps.ts';

/** The runner cuts at 8 KiB, and at returns; a shorter line that ends within a word may have been cut, too. */
const CUT_AT = 1024;

export class Tails {
  readonly #tails = new Map<number, Rendering>();

  of(stream: number): Rendering | undefined {
    return this.#tails.get(stream);
  }

  forget(stream: number): void {
    this.#tails.delete(stream);
  }

  /** @param goesOn whether the line itself goes on from the stream's last one */
  keep(stream: number, goesOn: boolean, { bytes, runs, base, line }: VisibleLine, hasReturns: boolean): void {
    const last = runs[runs.length - 2]!;
    if (!hasReturns && last - runs[0]! < CUT_AT && !isInWord(bytes[last - 1])) return this.forget(stream);
    const tail = new Rendering();
    const before = goesOn ? this.of(stream) : undefined;
    before?.parts.forEach(({ at, raw, line: first, column }, index) =>
      tail.add(before.bytes, at, before.parts[index + 1]?.at ?? before.bytes.length, raw, first, column),
    );
    for (let run = 0; run < runs.length; run += 3)
      tail.add(bytes, runs[run]!, runs[run + 1]!, base + runs[run]!, line, runs[run + 2]!);
    this.#tails.set(stream, tail);
  }
}

/** Counts the values that a runner has masked. They are no findings, but show that a job printed a secret. */

import type { LineWalker } from './line-walker.ts';

const MARKS = [Buffer.from('[MASKED]')];
/** GitHub Actions masks with these. */
const STARS = Buffer.from('***');

export class Masked {
  total = 0;
  #walker: LineWalker | undefined;
  #marks: readonly Buffer[] = MARKS;
  /** Marks that begin before this offset in the log were counted. */
  #counted = 0;

  /** To be called when the log is one of GitHub Actions. */
  alsoStars(): void {
    if (this.#marks === MARKS) this.#marks = [...MARKS, STARS];
  }

  /** From now on, the bytes are those that a line walker can search. */
  searchBy(walker: LineWalker): void {
    this.#walker = walker;
  }

  /** @param base offset in the log of `bytes[0]` */
  count(bytes: Uint8Array, base: number, filled: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, filled);
    const indexOf = (mark: Buffer, start: number): number =>
      this.#walker?.indexOf(mark, start, filled) ?? text.indexOf(mark, start);
    let end = this.#counted;
    for (const mark of this.#marks) {
      let from = Math.max(0, this.#counted - base);
      for (let at = indexOf(mark, from); at >= 0; at = indexOf(mark, from)) {
        this.total++;
        from = at + mark.length;
        end = Math.max(end, base + from);
      }
    }
    // A mark may begin in the last bytes, and end in the next.
    this.#counted = Math.max(end, base + filled - (MARKS[0]!.length - 1));
  }
}

/** Joined lines that wait to be given: each between two line feeds, because encoded text does not continue from one to the next. */

import { ByteBuffer } from '../lib/byte-buffer.ts';
import { LF } from '../lib/bytes.ts';
import type { LogText } from './log-text.ts';
import { PartList } from './part-list.ts';
import type { Rendering } from './rendering.ts';

/** Bytes that each costs besides its text. */
const COST = 256;

/** Joined lines as they are given. */
export interface JoinedLines {
  readonly text: Uint8Array;
  /** The parts of the text; see {@link PartList}. */
  readonly parts: Float64Array;
  readonly cost: number;
}

export class JoinedText {
  readonly #text = new ByteBuffer();
  readonly #parts = new PartList();
  /** In bytes. */
  cost = 0;

  add({ bytes, parts, isGuess }: Rendering): void {
    this.#text.push(LF);
    for (const { at, raw, line, column, stamp } of parts)
      this.#parts.add(this.#text.length + at, raw, line, column, stamp!, isGuess); // lines are joined with their stamps
    this.#text.append(bytes, 0, bytes.length);
    this.#text.push(LF);
    this.cost += bytes.length + COST;
  }

  addAll({ text, parts, cost }: JoinedLines): void {
    this.#parts.addAll(parts, this.#text.length);
    this.#text.append(text, 0, text.length);
    this.cost += cost;
  }

  /** Gives the lines, and begins again. */
  moveInto(text: LogText): void {
    text.parts(this.#text.from(0), this.#parts.all, text.offset);
    this.#text.cut(0);
    this.#parts.clear();
    this.cost = 0;
  }
}

/**
 * Lines that a program may have cut within a word: such words are put together in a view of their own, and nothing else stands
 * in it. A line that is shorter than those that programs cut is not joined.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import type { View } from './view.ts';
import { CR, LF } from '../lib/bytes.ts';

/** So much of a word is put together with what the next line begins with. */
export const WORD_MAX = 1024;
const NARROWEST = 20;

/** What the last byte was. */
type State =
  /** A part of a line. */
  | 'line'
  /** The end of a line that ends within a word, which is in the view. */
  | 'cut'
  /** A part of the word with which a line goes on; it is in the view. */
  | 'word'
  /** A carriage return behind a word that is in the view: a line feed may follow. */
  | 'return';

export class JoinedLines {
  readonly #create: () => View;
  #view: View | undefined;
  #state: State = 'line';
  /** The end of the line's last word, and where in the stream it ends. */
  readonly #word = new Uint8Array(WORD_MAX);
  #length = 0;
  #end = 0;
  /** Bytes of the line. */
  #width = 0;

  /** @param create makes the view, when there is something to be put together */
  constructor(create: () => View) {
    this.#create = create;
  }

  get view(): View | undefined {
    return this.#view;
  }

  /** Takes bytes that stand side by side in the stream, from `place` on. */
  take(bytes: Uint8Array, start: number, end: number, place: number): void {
    const placeOf = (at: number): number => place + at - start;
    let at = start;
    while (at < end) {
      if (this.#state === 'line') at = this.#line(bytes, at, end, placeOf);
      else if (this.#state === 'cut' || this.#state === 'word') at = this.#goOn(bytes, at, end, placeOf);
      else {
        this.#state = 'word';
        if (bytes[at] === LF) at = this.#goOn(bytes, at, end, placeOf);
        else this.#leave();
      }
    }
  }

  /** Goes on to the end of the line. */
  #line(bytes: Uint8Array, start: number, end: number, placeOf: (at: number) => number): number {
    // Only in the piece: `bytes` is hundreds of kilobytes longer, and a stream may come byte by byte.
    const found = bytes.subarray(start, end).indexOf(LF);
    const isOver = found >= 0;
    const stop = isOver ? start + found : end;
    const isReturn = stop > start && bytes[stop - 1] === CR;
    this.#remember(bytes, start, isReturn ? stop - 1 : stop, placeOf);
    this.#width += stop - start;
    if (isOver || isReturn) {
      // What comes after the carriage return does not change that the word has ended: it is held from here on.
      if (this.#length > 0 && this.#width >= NARROWEST) {
        this.#view ??= this.#create();
        this.#view.append(this.#word, 0, this.#length, this.#end - this.#length);
        this.#state = isOver ? 'cut' : 'return';
      }
      this.#length = 0;
    }
    if (isOver) this.#width = 0;
    return isOver ? stop + 1 : stop;
  }

  /** The word with which the line goes on. */
  #goOn(bytes: Uint8Array, start: number, end: number, placeOf: (at: number) => number): number {
    let at = start;
    while (at < end && isInWord(bytes[at])) at++;
    if (at > start) {
      this.#view!.append(bytes, start, at, placeOf(start)); // there is one in these states
      this.#width += at - start;
      this.#state = 'word';
    }
    if (at === end) return at;
    if (bytes[at] === CR && this.#state === 'word') {
      this.#state = 'return';
      return at + 1;
    }
    if (bytes[at] === LF && this.#state === 'word' && this.#width >= NARROWEST) {
      // All of the line is a word that the next one may go on with.
      this.#width = 0;
      this.#state = 'cut';
      return at + 1;
    }
    // What ends the word tells whether it is a token.
    if (bytes[at] !== LF && this.#state === 'word') this.#view!.append(bytes, at, at + 1, placeOf(at));
    this.#leave();
    if (bytes[at] === LF) {
      this.#width = 0;
      return at + 1;
    }
    return at;
  }

  #leave(): void {
    this.#view!.finish(); // as above
    this.#state = 'line';
    this.#length = 0;
  }

  #remember(bytes: Uint8Array, start: number, end: number, placeOf: (at: number) => number): void {
    let first = end;
    while (first > start && end - first < WORD_MAX && isInWord(bytes[first - 1])) first--;
    const count = end - first;
    const kept = first === start ? Math.min(this.#length, WORD_MAX - count) : 0;
    if (kept < this.#length) this.#word.copyWithin(0, this.#length - kept, this.#length);
    this.#word.set(bytes.subarray(first, end), kept);
    this.#length = kept + count;
    this.#end = placeOf(end);
  }
}

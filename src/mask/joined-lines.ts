/**
 * Joins words that a program may have cut at the end of a line, in a view of their own that contains nothing else. A line
 * that is shorter than programs cut them is not joined.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import type { JoinedWords, StreamWalker } from './stream-walker.ts';
import type { View } from './view.ts';
import { CR, LF } from '../lib/bytes.ts';
import { NARROWEST, WORD_MAX } from './assembly/memory.ts';

const NO_WORDS: JoinedWords = { text: new Uint8Array(0), joints: new Uint32Array(0) };

/** The state after the last byte. */
type State =
  /** In a line. */
  | 'line'
  /** After a line that ends within a word; the word is in the view. */
  | 'cut'
  /** In the word that continues on the line; it is in the view. */
  | 'word'
  /** After a carriage return behind a word in the view: a line feed may follow. */
  | 'return';

export class JoinedLines {
  readonly #create: () => View;
  readonly #walker: StreamWalker | undefined;
  #view: View | undefined;
  #state: State = 'line';
  /** The last bytes of the line's last word, and the place of its end. */
  readonly #word = new Uint8Array(WORD_MAX);
  #length = 0;
  #end = 0;
  /** Whether the word has ended and is not in the view yet: most next lines do not begin within a word. */
  #isWaiting = false;
  /** Bytes in the line. */
  #width = 0;

  /**
   * @param create makes the view, when a word is first joined
   * @param walker if given, has the bytes, and joins most words
   */
  constructor(create: () => View, walker: StreamWalker | undefined) {
    this.#create = create;
    this.#walker = walker;
  }

  get view(): View | undefined {
    return this.#view;
  }

  /** Reads bytes that are adjacent in the stream, from `place` on. */
  read(bytes: Uint8Array, start: number, end: number, place: number): void {
    const placeOf = (at: number): number => place + at - start;
    let at = start;
    while (at < end) {
      if (this.#state === 'line') at = this.#line(bytes, this.#joinWords(at, end), end, placeOf);
      else if (this.#state === 'cut' || this.#state === 'word') at = this.#continueWord(bytes, at, end, placeOf);
      else {
        this.#state = 'word';
        if (bytes[at] === LF) at = this.#continueWord(bytes, at, end, placeOf);
        else this.#leave();
      }
    }
    this.#give();
    const words = this.#walker?.takeWords() ?? NO_WORDS;
    if (words.text.length > 0) this.#view ??= this.#create();
    this.#view?.settleFinished(words, place - start);
  }

  /** Joins words of whole lines. @returns the line that is left */
  #joinWords(at: number, end: number): number {
    const isWhole = this.#width === 0 && this.#length === 0;
    return this.#walker !== undefined && isWhole ? this.#walker.joinWords(at, end) : at;
  }

  /** Puts the word that waits into the view. */
  #give(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#view ??= this.#create();
    this.#view.append(this.#word, 0, this.#length, this.#end - this.#length);
    this.#length = 0;
  }

  /** Reads up to the end of the line. */
  #line(bytes: Uint8Array, start: number, end: number, placeOf: (at: number) => number): number {
    // Only in the piece: `bytes` is hundreds of kilobytes longer, and a stream may come byte by byte.
    const found = bytes.subarray(start, end).indexOf(LF);
    const isOver = found >= 0;
    const stop = isOver ? start + found : end;
    const isReturn = stop > start && bytes[stop - 1] === CR;
    this.#remember(bytes, start, isReturn ? stop - 1 : stop, placeOf);
    this.#width += stop - start;
    if (isOver || isReturn) {
      // The word has ended, whatever follows the carriage return. From here on it is pending.
      if (this.#length > 0 && this.#width >= NARROWEST) {
        this.#isWaiting = true;
        this.#state = isOver ? 'cut' : 'return';
      } else this.#length = 0;
    }
    if (isOver) this.#width = 0;
    return isOver ? stop + 1 : stop;
  }

  /** Reads the word that continues on this line. */
  #continueWord(bytes: Uint8Array, start: number, end: number, placeOf: (at: number) => number): number {
    let at = start;
    while (at < end && isInWord(bytes[at])) at++;
    if (at > start) {
      this.#give();
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
      // The whole line is a part of the word, and the next one may continue it.
      this.#width = 0;
      this.#state = 'cut';
      return at + 1;
    }
    // The byte behind the word decides whether it is a token.
    if (bytes[at] !== LF && this.#state === 'word') this.#view!.append(bytes, at, at + 1, placeOf(at));
    this.#leave();
    if (bytes[at] === LF) {
      this.#width = 0;
      return at + 1;
    }
    return at;
  }

  #leave(): void {
    if (this.#isWaiting) this.#isWaiting = false;
    else this.#view!.finish(); // as above
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

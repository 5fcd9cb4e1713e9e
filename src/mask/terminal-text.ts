/** The text as a terminal shows it. It has a view of its own, which is in use while it differs from the text as it is. */

import { type Mark, markAt, nextPlace } from '../lib/terminal-marks.ts';
import type { Span } from '../model/region.ts';
import { PairList } from './pair-list.ts';
import type { StreamWalker } from './stream-walker.ts';
import type { View } from './view.ts';

/** Bytes that decide whether the marker of a section may begin: the walker reads so far. */
const MARKER = 8;

/** The bytes that have arrived: the place of the first one in memory, and that after the last. */
interface Arrived {
  readonly base: number;
  readonly filled: number;
  /** Whether no more follow. */
  readonly isEnd: boolean;
}

export class TerminalText {
  readonly #bytes: Uint8Array;
  readonly #walker: StreamWalker | undefined;
  readonly #create: () => View;
  #own: View | undefined;
  #isUsed = false;
  #base = 0;
  #madeTo = 0;
  /** The end of the last mark that a terminal does not show. */
  #lastMark = 0;
  /** The places of colours and cursor movements that were not written yet. */
  readonly #sequences = new PairList();

  /**
   * @param bytes the memory of the stream
   * @param walker if given, has the bytes, and walks over most of them
   * @param create makes the view, when it is first needed
   */
  constructor(bytes: Uint8Array, walker: StreamWalker | undefined, create: () => View) {
    this.#bytes = bytes;
    this.#walker = walker;
    this.#create = create;
  }

  /** Undefined while the text is the same as it is in the stream. */
  get view(): View | undefined {
    return this.#isUsed ? this.#own : undefined;
  }

  /** The place up to which the text was made. */
  get madeTo(): number {
    return this.#madeTo;
  }

  /** The place itself, or the start of the sequence around it. */
  outsideSequence(place: number): number {
    const last = this.#sequences.countBelow(place) - 1;
    return last >= 0 && place < this.#sequences.second(last) ? this.#sequences.first(last) : place;
  }

  /** The sequences that are whole in a span. */
  sequencesIn(start: number, end: number): Span[] {
    const sequences = this.#sequences;
    const [first, last] = [sequences.countBelow(start), sequences.countBelow(end)];
    return Array.from({ length: last - first }, (_, index) => ({
      start: sequences.first(first + index),
      end: sequences.second(first + index),
    })).filter((sequence) => sequence.end <= end);
  }

  /** To be called when everything before a place was written. */
  dropSequences(place: number): void {
    this.#sequences.drop(this.#sequences.countBelow(place));
  }

  /** To be called when the text as it is has moved: the two may no longer differ. */
  leave(plain: View): void {
    if (this.#lastMark <= plain.begin) this.#isUsed = false;
  }

  /** Makes the text from the bytes that have arrived; the first of them is at the place `base`. */
  walk(plain: View, { base, filled, isEnd }: Arrived): void {
    const bytes = this.#bytes;
    this.#base = base;
    const end = filled - base;
    let from = this.#madeTo - base;
    let at = from;
    while (at < end) {
      if (from === at) from = at = this.#walkShown(at, end);
      at = this.#nextPlace(at, end);
      if (at === end) break;
      const mark = markAt(bytes, at, end, isEnd);
      if (mark === undefined) {
        at++;
        continue;
      }
      if (mark === 'more') {
        // The word may continue after the mark, or end before it; `section_` shows which at its end.
        const mayDiffer = bytes[at]! < 0x20 || bytes[at]! >= 0x80 || end - at >= 'section_'.length;
        if (this.view === undefined && mayDiffer) this.#enter(plain, base + at);
        break;
      }
      if (this.view === undefined) this.#enter(plain, base + at);
      else this.view.append(bytes, from, at, base + from);
      this.#note(mark, at);
      // The marker of a section is text, too: only its beginning ends a word.
      at = mark.kind === 'break' ? at + 1 : mark.end;
      from = mark.kind === 'break' ? at - 1 : at;
    }
    if (this.view !== undefined && at > this.view.end - base) this.view.append(bytes, from, at, base + from);
    this.#madeTo = base + at;
  }

  /** Adds text and sequences, up to another mark. @returns the index of what follows */
  #walkShown(from: number, end: number): number {
    if (this.#walker === undefined || this.view === undefined || end - from < MARKER) return from;
    const shown = this.#walker.walk(from, end - MARKER);
    this.view.appendShown(shown, this.#base);
    this.#sequences.pushAll(shown.styles, this.#base, this.#base);
    if (shown.styles.length > 0) this.#lastMark = this.#base + shown.styles.at(-1)!;
    return shown.stop;
  }

  /** As {@link nextPlace}. */
  #nextPlace(from: number, end: number): number {
    const known = Math.max(from, end - MARKER);
    const place = this.#walker?.nextPlace(from, known) ?? from;
    return this.#walker !== undefined && place < known ? place : nextPlace(this.#bytes, place, end);
  }

  /** From this place on the two views differ. */
  #enter(plain: View, place: number): void {
    this.#own ??= this.#create();
    this.#own.copy(plain, place);
    this.#isUsed = true;
    this.#lastMark = place + 1;
  }

  #note({ kind, end, text }: Mark, at: number): void {
    const view = this.#own!; // it is used from the first mark on
    this.#lastMark = this.#base + end;
    if (kind === 'break') view.endWord();
    else if (kind === 'back') view.back(this.#base + end);
    else view.skipTo(this.#base + end);
    // A link may end within a token: then its end follows the mask. The address of one that begins there is not shown.
    if (kind === 'style' || (kind === 'carrier' && text !== undefined && this.#endsLink(text)))
      this.#sequences.push(this.#base + at, this.#base + end);
  }

  #endsLink({ start, end }: Span): boolean {
    return end - start <= 4 && this.#bytes[start] === 0x38 && this.#bytes[start + 1] === 0x3b;
  }
}

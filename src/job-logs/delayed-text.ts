/**
 * Text of a log that is given later than the line it comes from: a second rendering of the line, after the line; and lines
 * that were joined, which must not be put into the middle of a private key.
 */

import { JoinedText, type JoinedLines } from './joined-text.ts';
import type { LogText } from './log-text.ts';
import type { Rendering } from './rendering.ts';

/** Renderings of a line without an end are given in time: at a blank, where no word is cut, or when they are this many. */
const EXTRAS_MANY = 64 * 1024;
const EXTRAS_MAX = 1024 * 1024;
/** Bytes that each rendering costs besides its text. */
const EXTRA_COST = 256;
/** Joined lines wait for a line that does not begin within a word, once they are many, or until they are this many. */
const JOINED_MANY = 64 * 1024;
const JOINED_MAX = 1024 * 1024;

export class DelayedText {
  readonly #text: LogText;
  #extras: Rendering[] = [];
  #extraBytes = 0;
  readonly #joined = new JoinedText();
  /** The end of the last line waits until it is known that its stream does not continue it. */
  #hasLineEnd = false;

  constructor(text: LogText) {
    this.#text = text;
  }

  endLine(): void {
    this.#hasLineEnd = true;
  }

  /** The next line continues the last one. */
  continueLine(): void {
    this.#hasLineEnd = false;
  }

  /** Adds another rendering of the line. */
  add(rendering: Rendering): void {
    this.#extras.push(rendering);
    this.#extraBytes += rendering.length + EXTRA_COST;
  }

  /** Whether the renderings should be given although their line has not ended. */
  isTooMuch(isAtBlank: boolean): boolean {
    return this.#extraBytes >= (isAtBlank ? EXTRAS_MANY : EXTRAS_MAX);
  }

  addJoined(rendering: Rendering): void {
    this.#joined.add(rendering);
  }

  addAllJoined(lines: JoinedLines): void {
    this.#joined.addAll(lines);
  }

  /** Whether the last line has no other renderings that wait for its end. */
  get hasNoExtras(): boolean {
    return this.#extras.length === 0;
  }

  /** How many more bytes of joined lines may wait, whatever the next lines are; negative if there are more already. */
  get joinedRoom(): number {
    return JOINED_MANY - this.#joined.cost;
  }

  /** Ends the last line, and gives its other renderings. */
  flush(): void {
    if (!this.#hasLineEnd) return;
    this.#hasLineEnd = false;
    this.#text.endLine();
    if (this.#extras.length === 0) return;
    for (const extra of this.#extras) {
      this.#text.render(extra);
      this.#text.endLine();
    }
    this.#extras = [];
    this.#extraBytes = 0;
  }

  /** Gives the joined lines if they are many. @param isInWord whether the next line begins within a word */
  flushManyJoined(isInWord: boolean): void {
    if (this.#joined.cost > (isInWord ? JOINED_MAX : JOINED_MANY)) this.flushJoined();
  }

  flushJoined(): void {
    if (this.#joined.cost > 0) this.#joined.moveInto(this.#text);
  }
}

/** The lines of a long log that are read in one way only: the line walker walks them many at once. */

import { PLUS } from '../lib/bytes.ts';
import type { DelayedText } from './delayed-text.ts';
import { LineWalker, type WalkedLines } from './line-walker.ts';
import type { LogPlaces } from './log-places.ts';
import type { LogText } from './log-text.ts';
import type { Masked } from './masked.ts';
import type { RawLog } from './raw-log.ts';
import type { Wraps } from './wraps.ts';

/** The place of the plus in the header of a line that continues another. */
const JOINT = 31;

/** The parts of a log reader. */
export interface ReaderParts {
  readonly raw: RawLog;
  readonly masked: Masked;
  readonly text: LogText;
  readonly places: LogPlaces;
  readonly delayed: DelayedText;
  readonly wraps: Wraps;
}

export class SimpleLines {
  readonly #parts: ReaderParts;
  #walker: LineWalker | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** From now on lines are walked, if this machine can: the log is long enough for making the walker. */
  begin(): void {
    this.#walker = LineWalker.create();
    if (this.#walker === undefined) return;
    this.#parts.raw.moveTo(this.#walker.bytes);
    this.#parts.masked.searchBy(this.#walker);
  }

  /**
   * Walks the simple lines from index `at` on, and gives their text; undefined if there are none.
   *
   * @param before the number of lines before them, and the stream of the last one
   */
  walk(at: number, { lines, stream }: { readonly lines: number; readonly stream: number }): WalkedLines | undefined {
    const { raw, text, places, delayed, wraps } = this.#parts;
    const { pending } = wraps;
    if (this.#walker === undefined || lines === 0 || pending === 'many' || delayed.joinedRoom < 0) return undefined;
    if (raw.filled - at <= JOINT) return undefined;
    const isContinued = stream > 0 && raw.bytes[at + JOINT] === PLUS;
    if (!isContinued) delayed.flush();
    else if (!delayed.hasNoExtras) return undefined;
    const walked = this.#walker.walk({
      at,
      end: raw.filled,
      base: raw.base,
      textOffset: text.offset,
      lines,
      stream,
      section: places.stamp.section,
      isContinued,
      isOpen: pending === 'one',
      joinedRoom: delayed.joinedRoom,
      widest: wraps.widest,
    });
    if (walked === undefined) return undefined;
    if (walked.isGithub) this.#parts.masked.alsoStars();
    if (isContinued) delayed.continueLine();
    text.parts(walked.text, walked.parts, 0);
    delayed.addAllJoined(walked.joined);
    delayed.endLine();
    wraps.skipLines(walked.widest);
    return walked;
  }
}

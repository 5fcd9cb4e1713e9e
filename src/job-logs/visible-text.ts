/** Finds the next bytes of a log that a terminal does not show as they are. */

import { type Mark, markAt, MARK_BYTES } from '../lib/terminal-marks.ts';
import { characterStart } from '../lib/text-position.ts';
import { ESC, LETTER_S, SPACE } from '../lib/bytes.ts';

/** The second letter of `section_`. */
const LETTER_E = 0x65;
const BACKSPACE = 0x08;
const LINE_END = 2;
const RETURN = 3;
/** 1 for a control that is a mark by itself. */
const IS_HIDDEN = MARK_BYTES.map((kind, byte) =>
  kind === 1 && byte < SPACE && byte !== ESC && byte !== BACKSPACE ? 1 : 0,
);

/** The bytes of a log that are in memory. */
export interface LogBytes {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Whether the log ends there. */
  readonly isEnd: boolean;
  /** Whether it is UTF-16, whose zeros are halves of characters. */
  readonly isWide: boolean;
}

export interface VisibleText {
  /** Where the text ends. */
  readonly stop: number;
  /** The mark there; `more` if it is not all there yet; undefined at the end of the line, and of the bytes. */
  readonly mark: Mark | 'more' | undefined;
  /** Carriage returns in the text. */
  readonly returns: number;
}

/** The visible text from `start` on. */
export function visibleText({ bytes, end, isEnd, isWide }: LogBytes, start: number): VisibleText {
  let returns = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const kind = MARK_BYTES[byte];
    if (kind === 0 || (byte === LETTER_S && at + 1 < end && bytes[at + 1] !== LETTER_E)) continue;
    if (kind === LINE_END) return { stop: at, mark: undefined, returns };
    if (kind === RETURN) {
      returns++;
      continue;
    }
    const mark = markAt(bytes, at, end, isEnd);
    if (mark === undefined || (isWide && byte === 0)) continue;
    const shown =
      mark === 'more' || mark.kind !== 'hidden' || isWide ? mark : { ...mark, end: hiddenEnd(bytes, mark.end, end) };
    return { stop: at, mark: shown, returns };
  }
  // A character is not cut in two.
  return { stop: isEnd ? end : characterStart(bytes, end), mark: undefined, returns };
}

/** The end of invisible controls, which are one mark: dumps have megabytes of zeros. */
function hiddenEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && IS_HIDDEN[bytes[at]!] === 1) at++;
  return at;
}

/** Whether about every second byte of the beginning is zero. */
export function isUtf16(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, 512);
  const zeros = beginning.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return zeros > 0.35 * beginning.length && zeros < 0.65 * beginning.length;
}

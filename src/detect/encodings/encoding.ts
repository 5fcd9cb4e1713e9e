/**
 * A way in which text is encoded in other text. Each encoding has a file of its own, and a line in `index.ts`.
 *
 * The kernel searches parts of each keyword as the encoding writes them. Where it finds one, the surrounding text is
 * decoded, and searched like any other text (`decoding-layer.ts`).
 */

import type { Guard } from '../search/guards.ts';
import type { WideText } from './wide-text.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { EscapeDialect } from './escape-forms.ts';

/** The text that is searched, as far as it is in memory. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** `bytes[start, end)`, one character a byte. */
  latin1(start: number, end: number): string;
  /** Whether a place has escapes before or after it with only plain characters between. */
  isAmongEscapes(position: number, dialect: EscapeDialect): boolean;
  /** Whether the run of base64 characters around a place may continue on another line. */
  isBroken(position: number): boolean;
  /** Whether the run of hex digits around a place may continue in another run, behind any joint. */
  isJoined(position: number): boolean;
  /** The end of the run of ASCII characters of `size` bytes each that begins at `position`. */
  unitsEnd(position: number, size: 2 | 4): number;
  /** Set when the whole artifact is UTF-16 or UTF-32. */
  readonly wide?: WideText | undefined;
}

/** An escape, or the byte behind a line, is read beyond the bytes that an encoding crosses. */
export const NEIGHBOURHOOD = 32;

/** Text that every occurrence of an encoded keyword contains. */
export interface EncodedNeedle {
  /** One character a byte (latin1), at least 3. */
  readonly text: string;
  /** Where in the encoded keyword it begins, in units that only the encoding knows; handed back to `anchor`. */
  readonly phase: number;
  /** What must be around it, if it is not needed everywhere. */
  readonly guard?: Guard;
}

/** Facts about the needles that an encoding may ask for. */
export interface NeedleFacts {
  /** The phases of one of the encoding's needles; empty when no keyword has it. */
  phasesOf(needle: string): readonly number[];
  /** Whether these two bytes are adjacent in a needle. */
  isPair(first: number, second: number): boolean;
  /** 1 for the {@link hashOfFour} of the beginning of each of the encoding's needles. */
  readonly beginnings: Uint8Array;
}

/** A number below 65 536 for four bytes, the first of which is lowest. */
export function hashOfFour(bytes: number): number {
  return Math.imul(bytes, 0x9e3779b1) >>> 16;
}

export interface Encoding {
  /** Appears in reports and locators. */
  readonly name: string;
  /** Names to report instead of `name`, when the bytes of a run have styles. */
  namesOf?(styles: number): readonly string[];
  /** Whether a near miss is hidden, by the styles of its bytes; true when absent. */
  hidesNearMiss?(styles: number): boolean;
  /** The number of ways to read a text: one for each place, modulo this number, where decoding may begin. */
  readonly readings: number;
  /** The largest number of encoded bytes for one decoded byte. */
  readonly expansion: number;
  /** Whether its needles mark a document in which every value is encoded. */
  readonly isContainer?: true;
  /** Whether all of a text is written in it, so that names are as well as what is assigned to them. */
  readonly isWhole?: true;
  /**
   * Bytes of a needle that are enough. Needles that begin with the same so many bytes are one needle, as long as what all of them begin with.
   * Absent: all are searched as they are.
   */
  readonly enough?: number;
  /** Whether encoded text may continue after a blank or the end of the line. */
  readonly reachesFar?: true;
  /** Whether the bytes around a needle alone decide that {@link anchor} is undefined. */
  readonly isDecidedByNeighbours?: true;
  /**
   * 1 for each byte that encoded text consists of, and that may be between its parts. What the encoding makes of a needle depends on the
   * bytes of this kind around it and on {@link NEIGHBOURHOOD} more on either side, and on nothing else. Absent: it may depend on anything.
   */
  readonly crosses?: Uint8Array;
  /** Every occurrence of the encoded keyword contains at least one of these needles. */
  needlesFor(keyword: string): readonly EncodedNeedle[];
  /** Where an encoded byte begins, near a needle; undefined when the text around it is not encoded. */
  anchor(text: Text, position: number, phase: number, facts: NeedleFacts): number | undefined;
  /** Anchors for everything that the line break at `position` may split. */
  across?(text: Text, position: number, facts: NeedleFacts): readonly number[];
  /** Decodes the text around an anchor into the run. */
  decode(text: Text, anchor: number, run: DecodedRun): void;
}

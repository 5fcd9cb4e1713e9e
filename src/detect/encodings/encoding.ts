/**
 * A way in which text hides in other text. Each has a file of its own, and a line in `index.ts`.
 *
 * The kernel searches what a literal looks like in the encoding. Where it finds that, the text around it is decoded, and
 * what stands there is decided as in any other text (`layer.ts`).
 */

import type { WideText } from './wide-text.ts';
import type { DecodedRun } from './decoded-run.ts';

/** What is searched, as far as it is in memory. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** `bytes[start, end)`, one character a byte. */
  latin1(start: number, end: number): string;
  /**
   * Whether escapes stand before or after a place, with nothing but plain characters between.
   *
   * @param equals whether `=2D` is one
   */
  isAmongEscapes(position: number, equals: boolean): boolean;
  /** Whether the run of base64 characters around a place is a line that may belong to another. */
  isBroken(position: number): boolean;
  /** Whether the run of hex digits around a place may go on in another, whatever joins the two. */
  isJoined(position: number): boolean;
  /** Where a run of characters of `size` bytes, most of them zero, ends that begins at `position`. */
  unitsEnd(position: number, size: 2 | 4): number;
  /** How the whole artifact is written, where that is known. */
  readonly wide?: WideText | undefined;
}

/** Bytes that stand wherever an encoded literal stands. */
export interface Piece {
  /** One character a byte (latin1), at least 3. */
  readonly text: string;
  /** What {@link Encoding.decode} must know of it: where in the encoded text it begins, counted as the encoding likes. */
  readonly phase: number;
}

/** What an encoding is told of the literals that are searched. */
export interface Known {
  /** The phases of one of its pieces; nothing when no literal has it. */
  phasesOf(piece: string): readonly number[];
  /** Whether these bytes stand side by side in what is searched. */
  isPair(first: number, second: number): boolean;
}

export interface Encoding {
  /** Stands in reports and locators. */
  readonly name: string;
  /** What stands there instead, where the bytes of a run have styles: a name for each of those given. */
  namesOf?(styles: number): readonly string[];
  /** In how many ways a text can be read, by where reading begins. */
  readonly readings: number;
  /** Encoded bytes for one that is decoded, at most. */
  readonly expansion: number;
  /** Whether its pieces say that the text around them holds something encoded, whatever that is. */
  readonly isContainer?: true;
  /** Whether what is decoded may go on after a blank or the end of the line. */
  readonly reachesFar?: true;
  /** Whether {@link anchor} looks at the bytes beside most of its pieces, and at nothing else. */
  readonly isToldByNeighbours?: true;
  /** Of these pieces, every occurrence of the encoded literal holds at least one whole. */
  pieces(literal: string): readonly Piece[];
  /** Where an encoded byte begins, if the text around a piece is encoded at all; undefined: it is not. */
  anchor(text: Text, position: number, phase: number, known: Known): number | undefined;
  /**
   * Anchors of what the line feed at `position` may cut in two.
   */
  across?(text: Text, position: number, known: Known): readonly number[];
  /** Decodes what stands around an anchor into the run. */
  decode(text: Text, anchor: number, run: DecodedRun): void;
}

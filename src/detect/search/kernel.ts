/**
 * The kernel is a multi-literal searcher: it finds every occurrence of every needle, and a token might begin at each.
 * It knows needles and nothing else, so a fast kernel and a slow one cannot disagree about what a token is
 * (`verify-match.ts` decides that). `test/contract/kernel.ts` is the one suite that every kernel passes.
 */

import type { Hit } from './hit.ts';

export interface Kernel {
  readonly name: string;
  /** The bytes to search. The kernel owns the memory; callers read straight into it. */
  readonly bytes: Uint8Array;
  /**
   * Every occurrence of every needle that lies whole in `bytes[from, to)` and that its guard does not rule out (`guards.ts`), ascending,
   * in a new array.
   */
  find(from: number, to: number): Hit[];
  /**
   * Every LF in `bytes[from, to)` that may split encoded text, as ascending hits that are line breaks: it follows 32 bytes
   * of base64 (either alphabet) or an equals sign, with or without a CR between. Nothing precedes `bytes[0]`.
   */
  lineBreaks(from: number, to: number): Hit[];
  /**
   * Those of {@link lineBreaks} that may split a needle, as far as the bytes before `to` show: adjacent bytes of one lie
   * across the line feed, or bytes that are escaped may be such bytes (`simd/assembly/splits.ts`).
   */
  splittingBreaks(from: number, to: number): Hit[];
  /** What {@link findRuns} has found: for each run twice its beginning, plus 1 if it is one of base64, and its end. */
  readonly runs: Uint32Array;
  /**
   * Finds the runs of 16 to 160 token characters, and of 27 to 160 of base64, that begin in `bytes[from, to)`, which are 16 KB
   * at most. A run that reaches `filled` ends there. Runs of one kind are in ascending order.
   *
   * @returns their number
   */
  findRuns(from: number, to: number, filled: number): number;
  /** The number of LF bytes in `bytes[from, to)`. */
  countLines(from: number, to: number): number;
  /** The number of UTF-16 units of `bytes[from, to)`, which must be valid UTF-8. */
  utf16Units(from: number, to: number): number;
  /** The number of ASCII bytes at the beginning of `bytes[from, to)`. */
  asciiLength(from: number, to: number): number;
}

/** What a kernel searches. A hit names a needle by its index. */
export interface SearchedNeedles {
  /** Latin1. */
  readonly texts: readonly string[];
  /** By needle, one of `GUARDS` and some of `SPLITS`; absent: without guards, and anything may split them. */
  readonly guards?: ArrayLike<number>;
}

/** Makes a kernel with room for `capacity` bytes. */
export type KernelFactory = (needles: SearchedNeedles, capacity: number) => Kernel;

/** Types shared by the prefilter and the pack reader, which feeds it. */

/** A text that is whole in memory. */
export interface PrefilterText {
  readonly bytes: Uint8Array;
  /** Another text, of which it is made. */
  readonly base?: PrefilterResult;
  /** Three numbers for each piece that it is made of: where it begins, its length, and where it stood in the base (2^32 - 1: nowhere). */
  readonly pieces?: Uint32Array;
  /** What of it is not, in one piece, in the base; undefined: too much to be worth it. */
  readonly gather?: (seams: ChunkBoundaries) => ChangedRegions | undefined;
}

/** Where two pieces of a text meet something may stand that stood in neither of them. */
export interface ChunkBoundaries {
  /** So many bytes on either side of a seam hold it whole. */
  readonly margin: number;
  /** A byte that is no part of it. */
  readonly separator: number;
  /** A bit for each two bytes, at `first * 256 + second`, lowest first: whether they stand side by side in something that is searched. */
  readonly pairs: Uint8Array;
  /** A byte for each: 1 for characters of a run, 2 for what ends a line. A run that goes on to the end of a line tells, too. */
  readonly characters: Uint8Array;
}

/** What of a text must be searched. */
export interface ChangedRegions {
  /** The spans, each with the separator after it; valid until the next call. */
  readonly bytes: Uint8Array;
  /** Two numbers for each: where it begins in these bytes, and in the text. */
  readonly spans: Uint32Array;
}

/** What is known of a text, for those that are made of it. */
export interface PrefilterResult {
  /** Whether nothing stands in it: no candidate, and it is no archive. */
  readonly isClean: boolean;
}

export interface Prefilter {
  /** Bytes of the longest text that it takes. */
  readonly longest: number;
  sift(text: PrefilterText): PrefilterResult;
}

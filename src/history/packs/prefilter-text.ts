/** The interface between the prefilter, which clears texts, and the pack reader, which makes them. */

/** How a text was made from its base. */
export interface Derivation {
  /** What the prefilter returned for the base. */
  readonly base: PrefilterResult;
  /** Three numbers for each range of the text: its start, its length, and its start in the base or `NOT_IN_BASE`. */
  readonly copyRanges: Uint32Array;
  /** The parts of the text that must be searched; undefined when they are so many that the whole text should be. */
  readonly changedRegions: (boundaries: ChunkBoundaries) => ChangedRegions | undefined;
}

/** A text that is complete in memory. */
export interface PrefilterText {
  readonly bytes: Uint8Array;
  /** Absent when the text is stored whole. */
  readonly derivation?: Derivation | undefined;
}

/** What may appear where two copy ranges of a text meet, though neither range contains it. */
export interface ChunkBoundaries {
  /** A needle across a boundary lies within this many bytes on either side. */
  readonly margin: number;
  /** A byte that no needle contains. */
  readonly separator: number;
  /** A bit for each pair of bytes, at `first * 256 + second`, lowest first: whether a needle contains the pair. */
  readonly pairs: Uint8Array;
  /** A bit for each hash of three bytes, lowest first: whether a needle may contain them. Needles are at least as long. */
  readonly trigrams: Uint8Array;
}

/** The parts of a text that must be searched, one after the other. */
export interface ChangedRegions {
  /** Each part is followed by the separator. Valid until the next call. */
  readonly bytes: Uint8Array;
  /** Two numbers for each part: its start in `bytes`, and in the text. */
  readonly spans: Uint32Array;
}

/** What is remembered of a text while other texts are made from it. */
export interface PrefilterResult {
  /** Whether the text has no candidate, and is no archive. */
  readonly isClean: boolean;
}

export interface Prefilter {
  /** Bytes of the longest text that it can check. */
  readonly maxLength: number;
  check(text: PrefilterText): PrefilterResult;
}

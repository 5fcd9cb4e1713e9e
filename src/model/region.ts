/** Positions, in the terms of SARIF. */

/** A half-open range of byte offsets, `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A place in an artifact. Lines are 1-based and end at LF only; columns are 1-based and count UTF-16 code units
 * (SARIF `columnKind: utf16CodeUnits`); `endColumn` is the column after the last character.
 */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Offset of the first byte in the artifact, 0-based. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /** The section and time in a job log; absent elsewhere. */
  readonly log?: LogPlace;
}

/** Section and time of a line in a job log. */
export interface LogPlace {
  /** The innermost section that is open there. */
  readonly section?: string;
  /** When the line was written: RFC 3339, UTC. */
  readonly time?: string;
}

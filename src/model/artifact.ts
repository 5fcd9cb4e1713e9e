/** An artifact holds bytes and has a stable name: a file, standard input, a git object, a job log. */

import type { ArtifactKind } from './artifact-kind.ts';
import type { LogPlace } from './region.ts';

export interface Artifact {
  readonly kind: ArtifactKind;
  /**
   * The name in every report: `/`-separated, relative to the git root (or the working directory), with secrets in
   * it redacted. Bytes of a file name that are not UTF-8 are percent-encoded.
   */
  readonly uri: string;
  /** The path for reading it again, relative like `uri`; absent if there is no path or the path holds a secret. */
  readonly path?: string;
  /** For content of an archive: the names of the entries to open, outermost first. */
  readonly entries?: readonly string[];
  /** The git object that holds the bytes, if they were not read from a file. */
  readonly blob?: string;
  /** Of a job log: the job. */
  readonly job?: JobReference;
  /** The commit that it belongs to: for a file in a range of commits, the one that introduced this version. */
  readonly commit?: string;
}

/** A job of GitLab CI. Names are redacted. */
export interface JobReference {
  /** Scheme and host of the GitLab that it ran for. */
  readonly server: string;
  /** Path or id. */
  readonly project: string;
  readonly pipeline?: string;
  readonly id: string;
  readonly name?: string;
  /** The branch or tag that it ran for. */
  readonly ref?: string;
  /** The page that shows its log. */
  readonly url: string;
}

/**
 * Reads an artifact's bytes in order, into a buffer of the caller: bytes go straight into the kernel's memory, without a
 * copy.
 */
export interface ByteReader {
  /** Fills the start of `target` and returns the number of bytes, 0 at the end. The number may be lower than requested. */
  read(target: Uint8Array): number | Promise<number>;
  close(): void;
}

/** The place of a byte in an artifact: offset, line and column as in a region. */
export interface RawPlace {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly log?: LogPlace;
}

/** Maps the bytes of a view to places in the artifact. */
export interface Places {
  /**
   * The place of byte `offset` of the view, or with `isEnd` the place after the byte before it.
   *
   * @param unitsOf returns the UTF-16 units of a part of the view, which must not begin before the kept bytes
   */
  at(offset: number, isEnd: boolean, unitsOf: (from: number, to: number) => number): RawPlace;
  /** Whether the bytes of the view in `[start, end)` are contiguous in the artifact. */
  isWhole(start: number, end: number): boolean;
  /** Whether the byte belongs to lines that are joined on suspicion. Matches within one of the lines take precedence. */
  isGuess(offset: number): boolean;
  /** Releases everything before `offset`; returns the first offset that must still be kept, at or before it. */
  forget(offset: number): number;
}

/** Reads an artifact as people see it: a job log without the time stamps and colours that can split a token. */
export interface ViewReader extends ByteReader {
  /** Known once the first bytes are read; undefined if the view has the bytes of the artifact. */
  readonly places: Places | undefined;
}

/** The data that another thread needs to open a file. */
export interface FileToOpen {
  /** Absolute, as made by `decodePath`. */
  readonly path: string;
  /** The name of the file in messages. */
  readonly uri: string;
  /** Whether the user named this very path: then it must exist, and a symbolic link is followed. */
  readonly explicit: boolean;
}

/**
 * What a scan met in an input or in an entry of it: a possible credential, of any confidence and accepted or not; something that it left
 * out; something that it could not read.
 */
export type Outcome = 'found' | 'skipped' | 'unread';

/** A source yields these: an artifact, and how to open it. */
export interface Input {
  readonly artifact: Artifact;
  /** @throws ReadError or Skipped when the bytes cannot be read, or must not be scanned */
  open(): ByteReader;
  /** The file to open in another thread; absent if the input is not a file. */
  readonly file?: FileToOpen;
  /**
   * `scan`: a secret in the name is a finding. `ignore`: it is not, because the name is not new. `only`: like `scan`, without
   * bytes, so the input does not count as scanned. Absent: `scan` for files, `ignore` for all others, whose names are ids.
   */
  readonly name?: 'scan' | 'ignore' | 'only';
  /**
   * `count`: an archive is counted, and not opened. `once`: the bytes can be read only once, so an archive cannot be opened.
   * Whether a stream is an archive may become known only while it is read. Absent: archives are opened.
   */
  readonly archive?: 'count' | 'once' | undefined;
  /** How many archives it was unpacked from, for their limit; absent: none. */
  readonly level?: number;
  /**
   * The whole artifact, if the bytes are only an excerpt of it. It is scanned in place of an excerpt that holds a candidate, or
   * something that may be an archive: only the whole has the true positions, and the versions before.
   */
  readonly whole?: () => Promise<Input>;
  /** How its bytes are read, and those of its entries when it is an archive; absent: as they are. */
  readonly view?: (reader: ByteReader, artifact: Artifact) => ViewReader;
  /** Called for each outcome, before the next input is asked for. Not called: it was read whole, and nothing is in it. */
  readonly onOutcome?: (outcome: Outcome) => void;
  /** The versions before, one for each parent. A secret is new only if none of them has it as often. */
  readonly before?: readonly (() => Input)[];
}

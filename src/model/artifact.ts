/** An artifact is a thing that holds bytes and has a stable name: a file, standard input, later a blob or a job log. */

import type { LogPlace, Region } from './region.ts';

export type ArtifactKind =
  | 'file'
  | 'file-name'
  | 'stdin'
  | 'commit-message'
  /** Author, committer and whatever else stands before the message. */
  | 'commit-header'
  | 'tag-message'
  | 'ref-name'
  /** A git object that stands in no tree. */
  | 'object'
  /** The names in a git tree. */
  | 'tree'
  /** What a CI job has printed. */
  | 'job-log'
  /** What a CI job has kept. */
  | 'job-artifacts';

export interface Artifact {
  readonly kind: ArtifactKind;
  /**
   * The name in every report: `/`-separated, relative to the git root (or the working directory), with secrets in
   * it redacted. Bytes of a file name that are not UTF-8 stand percent-encoded.
   */
  readonly uri: string;
  /** Where it can be read again, relative like `uri`; absent where there is no path or the path holds a secret. */
  readonly path?: string;
  /** Of what is packed in an archive: the names of the entries to open, outermost first. */
  readonly entries?: readonly string[];
  /** The git object that holds the bytes, where they were not read from a file. */
  readonly blob?: string;
  /** Of a job log: the job. */
  readonly job?: JobReference;
  /** The commit that it belongs to: of a file the one that brought it, where a range of commits is looked at. */
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
 * Reads an artifact's bytes in order. It fills what the caller owns, so that bytes go straight into the kernel's
 * memory and are never copied in between.
 */
export interface ByteReader {
  /** Fills the start of `target`; gives the number of bytes, 0 at the end. May give fewer than asked for. */
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

/** Where the bytes of a view stand in the artifact. */
export interface Places {
  /**
   * The place of byte `offset` of the view, or with `isEnd` the place after the byte before it.
   *
   * @param unitsOf the UTF-16 units of a part of the view, which does not begin before what was kept
   */
  at(offset: number, isEnd: boolean, unitsOf: (from: number, to: number) => number): RawPlace;
  /** Whether the bytes of the view in `[start, end)` stand side by side in the artifact. */
  isWhole(start: number, end: number): boolean;
  /** Whether the byte belongs to lines that are joined because they may be one: what they hold by themselves counts more. */
  isGuess(offset: number): boolean;
  /** Nobody will ask for what stands before `offset`; gives the offset from which the view must be kept, at or before it. */
  forget(offset: number): number;
}

/** Reads an artifact as people see it: a job log without the time stamps and colours that may cut a token in two. */
export interface ViewReader extends ByteReader {
  /** Known when the first bytes are read; undefined where they stand as they are. */
  readonly places: Places | undefined;
}

/** A file, by what another thread needs to open it. */
export interface FileToOpen {
  /** Absolute, as made by `decodePath`. */
  readonly path: string;
  /** How messages name the file. */
  readonly uri: string;
  /** Whether the user named this very path: then it must exist, and a symbolic link is followed. */
  readonly explicit: boolean;
}

/** What a source yields: an artifact and the way to its bytes. */
export interface Input {
  readonly artifact: Artifact;
  /** @throws Unreadable or Passed when the bytes cannot be had, or are not to be had */
  open(): ByteReader;
  /** The file behind it, which other threads can open; absent where it is none. */
  readonly file?: FileToOpen;
  /**
   * `scan`: a secret in the name is a finding. `ignore`: it is none, for the name is not new. `only`: like `scan`, and there are no
   * bytes, so the input does not count as scanned. Absent: `scan` for files, `ignore` for everything else, whose names are ids.
   */
  readonly name?: 'scan' | 'ignore' | 'only';
  /**
   * `count`: an archive is counted, and not opened. `once`: the bytes can be read only once, so an archive cannot be opened; of a
   * stream that may turn out while it is read. Absent: archives are opened.
   */
  readonly archive?: 'count' | 'once' | undefined;
  /** Where only a part of the artifact is asked for. */
  readonly part?: Part;
  /** How its bytes are read, and those of its entries when it is an archive; absent: as they are. */
  readonly view?: (reader: ByteReader, artifact: Artifact) => ViewReader;
  /** What stood in its place before, one for each parent: a secret counts only where none of them had it as often. */
  readonly before?: readonly (() => Input)[];
}

/** A part of an artifact: lines that a change adds. */
export interface Part {
  /** Whether a place in the whole artifact lies in the part. */
  admits(region: Region): boolean;
  /**
   * The whole artifact, to be looked at when the part holds a candidate: it has the true positions. Absent where the
   * input is the whole already.
   */
  readonly whole?: () => Promise<Input>;
}

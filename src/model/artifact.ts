/** An artifact is a thing that holds bytes and has a stable name: a file, standard input, later a blob or a job log. */

import type { Region } from './region.ts';

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
  | 'tree';

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
  /** The commit that it belongs to: of a file the one that brought it, where a range of commits is looked at. */
  readonly commit?: string;
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
  /** False where the name is none of the scan's business: it was there before. Absent: a secret in it is a finding. */
  readonly nameCounts?: false;
  /** Where its bytes can be read once only. */
  readonly once?: true;
  /** Where only a part of the artifact is asked for. */
  readonly part?: Part;
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

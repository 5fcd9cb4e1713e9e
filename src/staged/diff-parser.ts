/**
 * Reads `git diff` output (`--text --full-index --src-prefix=a/ --dst-prefix=b/`) as bytes, file by file: excerpts of both versions.
 *
 * The line counts of the hunk headers decide what is content, never its first characters: a removed line may read
 * `-- a/file`, and an added one `++ b/file`. Why there is a diff parser at all: see `staged.ts`.
 */

import { isNullId } from '../git/object-id.ts';
import { decodePath } from '../lib/path-bytes.ts';
import { BACKSLASH, DASH, LF, PLUS } from '../lib/bytes.ts';

export interface FileDiff {
  /** Relative to the root of the work tree, as made by `decodePath`; of a deleted file its old path. */
  readonly path: string;
  /** Its old path, if it was renamed. */
  readonly oldPath?: string;
  /** Whether the path is new: an added, renamed or copied file. */
  readonly newPath: boolean;
  /** The object in the index or the newer commit; undefined for a deleted file, and if no content changed. */
  readonly blob: string | undefined;
  /** The object before; undefined for a new file. */
  readonly oldBlob: string | undefined;
  readonly mode: string | undefined;
  /** The added lines and the context of all changes, as they are after the change. Empty if the text was too long to be kept. */
  readonly newText: Buffer;
  /** The removed lines with the same context. */
  readonly oldText: Buffer;
  /** False if the text was too long to be kept, so that the objects must be read. */
  readonly whole: boolean;
}

/** Longer text of one file is not kept; its objects are read instead, in bounded memory. */
const TEXT_MAX = 16 * 1024 * 1024;

interface Draft {
  header: string;
  path: string | undefined;
  oldPath: string | undefined;
  newPath: boolean;
  blob: string | undefined;
  oldBlob: string | undefined;
  mode: string | undefined;
  readonly newLines: Buffer[];
  readonly oldLines: Buffer[];
  size: number;
  whole: boolean;
}

/** Takes output in pieces of any size, which it keeps; returns files as they become complete. */
export class DiffParser {
  /** Paths in conflict, of which the index has no single version. */
  readonly unmerged: string[] = [];
  #draft: Draft | undefined;
  #done: FileDiff[] = [];
  /** Lines of the current hunk still to come. */
  #oldLines = 0;
  #newLines = 0;
  /** The start of a line whose end is still to come. */
  #rest: Buffer[] = [];
  #restSize = 0;

  push(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, start)) {
      this.#takeLine(this.#joined(piece.subarray(start, end)));
      start = end + 1;
    }
    if (start < piece.length) this.#keepRest(piece.subarray(start));
  }

  end(): void {
    if (this.#restSize > 0) this.#takeLine(this.#joined(Buffer.alloc(0)));
    this.#finishFile();
  }

  /** The files that became complete since the last call. */
  take(): FileDiff[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #keepRest(piece: Buffer): void {
    this.#restSize += piece.length;
    // The first byte of a line that is too long to be kept is enough: it shows the kind of the line.
    if (this.#restSize <= TEXT_MAX || this.#rest.length === 0) this.#rest.push(Buffer.from(piece));
  }

  #joined(last: Buffer): Buffer {
    if (this.#restSize === 0) return last;
    const size = this.#restSize + last.length;
    const line = Buffer.concat([...this.#rest, last]);
    this.#rest = [];
    this.#restSize = 0;
    if (size > TEXT_MAX && this.#draft !== undefined) this.#dropText(this.#draft);
    return line;
  }

  #takeLine(line: Buffer): void {
    if (this.#oldLines > 0 || this.#newLines > 0) this.#takeContent(line);
    else if (line[0] !== BACKSLASH) this.#takeHeader(line);
  }

  #takeContent(line: Buffer): void {
    const draft = this.#draft!; // a hunk belongs to a file
    const kind = line[0];
    if (kind === BACKSLASH) return; // "\ No newline at end of file"
    if (kind !== PLUS) this.#oldLines--;
    if (kind !== DASH) this.#newLines--;
    draft.size += line.length;
    if (draft.size > TEXT_MAX) this.#dropText(draft);
    if (!draft.whole) return;
    const text = line.subarray(1);
    if (kind !== DASH) draft.newLines.push(text, NEWLINE);
    if (kind !== PLUS) draft.oldLines.push(text, NEWLINE);
  }

  #dropText(draft: Draft): void {
    draft.whole = false;
    draft.newLines.length = 0;
    draft.oldLines.length = 0;
  }

  #takeHeader(line: Buffer): void {
    const text = line.toString('latin1', 0, 16);
    if (text.startsWith('diff --git ')) {
      this.#finishFile();
      this.#draft = newDraft(line.toString('latin1', 11));
      return;
    }
    if (text.startsWith('* Unmerged path ')) {
      this.#finishFile();
      this.unmerged.push(decodePath(unquote(line.toString('latin1', 16))));
      return;
    }
    const draft = this.#draft;
    if (draft === undefined) return;
    if (text.startsWith('@@ ')) this.#startHunk(draft, line.toString('latin1', 0, 100));
    else readExtendedHeader(draft, line);
  }

  #startHunk({ newLines, oldLines }: Draft, text: string): void {
    const [, oldCount = '1', newCount = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text) ?? [];
    this.#oldLines = Number(oldCount);
    this.#newLines = Number(newCount);
    // An empty line, so that nothing is joined over the gap between two changes.
    for (const lines of [newLines, oldLines]) if (lines.length > 0) lines.push(NEWLINE);
  }

  #finishFile(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft === undefined) return;
    this.#done.push({
      path: draft.path ?? pathOfHeader(draft.header),
      ...(draft.oldPath === undefined ? {} : { oldPath: draft.oldPath }),
      newPath: draft.newPath,
      blob: draft.blob,
      oldBlob: draft.oldBlob,
      mode: draft.mode,
      newText: Buffer.concat(draft.newLines),
      oldText: Buffer.concat(draft.oldLines),
      whole: draft.whole,
    });
  }
}

const NEWLINE = Buffer.from('\n');

function newDraft(header: string): Draft {
  return {
    header,
    path: undefined,
    oldPath: undefined,
    newPath: false,
    blob: undefined,
    oldBlob: undefined,
    mode: undefined,
    newLines: [],
    oldLines: [],
    size: 0,
    whole: true,
  };
}

function readExtendedHeader(draft: Draft, line: Buffer): void {
  const text = line.toString('latin1');
  if (text.startsWith('index ')) {
    const [old = '', blob = '', mode] = text.slice(6).split(/\.\.| /);
    draft.oldBlob = isNullId(old) ? undefined : old;
    draft.blob = isNullId(blob) ? undefined : blob;
    draft.mode ??= mode;
  } else if (text.startsWith('new file mode ')) {
    draft.newPath = true;
    draft.mode = text.slice(14);
  } else if (text.startsWith('new mode ')) draft.mode = text.slice(9);
  else if (text.startsWith('rename to ') || text.startsWith('copy to ')) {
    draft.newPath = true;
    draft.path = decodePath(unquote(text.slice(text.indexOf('to ') + 3)));
  } else if (text.startsWith('rename from ')) draft.oldPath = decodePath(unquote(text.slice(12)));
  else if (text.startsWith('--- ') || text.startsWith('+++ ')) {
    const name = sidePath(text.slice(4));
    if (name !== undefined) draft.path = name;
  }
}

/** Reads `a/NAME`, `"b/NA\tME"` or `/dev/null`, followed by a tab if the name has blanks. */
function sidePath(text: string): string | undefined {
  const name = text.endsWith('\t') ? text.slice(0, -1) : text;
  return name === '/dev/null' ? undefined : decodePath(unquote(name).subarray(2));
}

/** The path of a file without content lines: both sides are the same, so the halves are. */
function pathOfHeader(header: string): string {
  const half = header.startsWith('"')
    ? header.slice(header.length - (header.length - 1) / 2)
    : header.slice((header.length + 1) / 2);
  return decodePath(unquote(half).subarray(2));
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** Undoes git's quoting of unusual names (quote.c): C escapes and three octal digits between double quotes. */
function unquote(text: string): Buffer {
  if (!text.startsWith('"') || !text.endsWith('"')) return Buffer.from(text, 'latin1');
  const bytes = text
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, escape: string) =>
      String.fromCharCode(escape.length === 3 ? Number.parseInt(escape, 8) : (ESCAPES[escape] ?? escape.charCodeAt(0))),
    );
  return Buffer.from(bytes, 'latin1');
}

/**
 * Reads `git diff` output (`--text --full-index --src-prefix=a/ --dst-prefix=b/`) as bytes, file by file: excerpts of both versions.
 *
 * The line counts of the hunk headers decide what is content, never its first characters: a removed line may read
 * `-- a/file`, and an added one `++ b/file`. Why there is a diff parser at all: see `staged.ts`.
 */

import { isNullId } from '../git/object-id.ts';
import { decodePath } from '../lib/path-bytes.ts';
import { BACKSLASH, DASH, PLUS } from '../lib/bytes.ts';

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
  /** The lines of each hunk as git shows them. */
  readonly hunks: string[];
  size: number;
  whole: boolean;
}

/**
 * Takes output in pieces of any size, which it keeps; returns files as they become complete. Bytes are characters here (latin1): what
 * strings do for a whole hunk costs as much as what buffers do for one line.
 */
export class DiffParser {
  /** Paths in conflict, of which the index has no single version. */
  readonly unmerged: string[] = [];
  #draft: Draft | undefined;
  #done: FileDiff[] = [];
  /** Lines of the current hunk still to come. */
  #oldLines = 0;
  #newLines = 0;
  /** Lines of the current hunk in the current piece that are not kept yet. */
  #start = 0;
  #end = 0;
  /** The start of a line whose end is still to come. */
  #rest: string[] = [];
  #restSize = 0;

  push(piece: Buffer): void {
    const text = piece.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (this.#restSize > 0) this.#takeJoined(text.slice(start, end));
      else this.#takeLine(text, start, end);
      start = end + 1;
    }
    this.#keepLines(text);
    if (start < text.length) this.#keepRest(text.slice(start));
  }

  end(): void {
    if (this.#restSize > 0) this.#takeJoined('');
    this.#finishFile();
  }

  /** The files that became complete since the last call. */
  take(): FileDiff[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #keepRest(text: string): void {
    this.#restSize += text.length;
    // The first character of a line that is too long to be kept is enough: it shows the kind of the line.
    if (this.#restSize <= TEXT_MAX || this.#rest.length === 0) this.#rest.push(text);
  }

  #takeJoined(last: string): void {
    const size = this.#restSize + last.length;
    const line = `${this.#rest.join('')}${last}\n`;
    this.#rest = [];
    this.#restSize = 0;
    if (size > TEXT_MAX && this.#draft !== undefined) this.#dropText(this.#draft);
    this.#takeLine(line, 0, line.length - 1);
    this.#keepLines(line);
  }

  /** Takes the line `text[start, end)`, with a line feed behind it. */
  #takeLine(text: string, start: number, end: number): void {
    if (this.#oldLines > 0 || this.#newLines > 0) this.#takeContent(text, start, end);
    else if (text.charCodeAt(start) !== BACKSLASH) {
      this.#keepLines(text);
      this.#takeHeader(text.slice(start, end));
    }
  }

  #takeContent(text: string, start: number, end: number): void {
    const draft = this.#draft!; // a hunk belongs to a file
    const kind = text.charCodeAt(start);
    if (kind !== BACKSLASH) {
      // "\ No newline at end of file" is no line
      if (kind !== PLUS) this.#oldLines--;
      if (kind !== DASH) this.#newLines--;
      draft.size += end - start;
      if (draft.size > TEXT_MAX) this.#dropText(draft);
    }
    if (!draft.whole) return;
    if (this.#end === 0) this.#start = start;
    this.#end = end + 1;
  }

  /** Keeps the lines of the hunk that are in this piece. */
  #keepLines(text: string): void {
    if (this.#end === 0) return;
    const { hunks } = this.#draft!; // as above
    hunks.push(`${hunks.pop() ?? ''}${text.slice(this.#start, this.#end)}`);
    this.#end = 0;
  }

  #dropText(draft: Draft): void {
    draft.whole = false;
    draft.hunks.length = 0;
    this.#end = 0;
  }

  #takeHeader(line: string): void {
    if (line.startsWith('diff --git ')) {
      this.#finishFile();
      this.#draft = newDraft(line.slice(11));
      return;
    }
    if (line.startsWith('* Unmerged path ')) {
      this.#finishFile();
      this.unmerged.push(decodePath(unquote(line.slice(16))));
      return;
    }
    const draft = this.#draft;
    if (draft === undefined) return;
    if (line.startsWith('@@ ')) this.#startHunk(draft, line.slice(0, 100));
    else readExtendedHeader(draft, line);
  }

  #startHunk({ hunks, whole }: Draft, text: string): void {
    const [, oldCount = '1', newCount = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text) ?? [];
    this.#oldLines = Number(oldCount);
    this.#newLines = Number(newCount);
    if (whole) hunks.push('');
  }

  #finishFile(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft === undefined) return;
    const { path, oldPath, newPath, blob, oldBlob, mode, hunks, whole } = draft;
    this.#done.push({
      path: path ?? pathOfHeader(draft.header),
      ...(oldPath === undefined ? {} : { oldPath }),
      newPath,
      blob,
      oldBlob,
      mode,
      newText: textOf(hunks, NOT_NEW),
      get oldText() {
        return textOf(hunks, NOT_OLD);
      },
      whole,
    });
  }
}

/** Lines of a hunk that are in one version only, and remarks of git; each with the line feed before it. */
const NOT_NEW = /\n[-\\][^\n]*/g;
const NOT_OLD = /\n[+\\][^\n]*/g;
/** The first character of a line. An empty line of the context may have none. */
const KIND = /\n[^\n]/g;

/** The lines of one version, with an empty one between hunks, so that nothing is joined over the gap. */
function textOf(hunks: readonly string[], others: RegExp): Buffer {
  let text = '';
  for (const hunk of hunks)
    text += `${text === '' ? '' : '\n'}${`\n${hunk}`.replace(others, '').replace(KIND, '\n').slice(1)}`;
  return Buffer.from(text, 'latin1');
}

function newDraft(header: string): Draft {
  return {
    header,
    path: undefined,
    oldPath: undefined,
    newPath: false,
    blob: undefined,
    oldBlob: undefined,
    mode: undefined,
    hunks: [],
    size: 0,
    whole: true,
  };
}

function readExtendedHeader(draft: Draft, text: string): void {
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

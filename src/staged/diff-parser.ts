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
  /** Those of the new version, with an empty one between hunks, so that nothing is joined over the gap. */
  readonly newLines: string[];
  size: number;
  whole: boolean;
}

/**
 * Takes output in pieces of any size, which it keeps; returns files as they become complete. Bytes are characters here (latin1): parts of a
 * string cost nothing, and joining them little.
 */
export class DiffParser {
  /** Paths in conflict, of which the index has no single version. */
  readonly unmerged: string[] = [];
  #draft: Draft | undefined;
  #done: FileDiff[] = [];
  /** Lines of the current hunk still to come. */
  #oldLines = 0;
  #newLines = 0;
  /** The start of a line whose end is still to come. */
  #rest: string[] = [];
  #restSize = 0;

  push(piece: Buffer): void {
    const text = piece.toString('latin1');
    let start = 0;
    while (start < text.length) {
      const next = this.#restSize === 0 ? this.#takeContent(text, start) : start;
      const end = text.indexOf('\n', next);
      if (end < 0) {
        if (next < text.length) this.#keepRest(text.slice(next));
        return;
      }
      if (this.#restSize > 0) this.#takeJoined(text.slice(next, end));
      else this.#takeHeader(text.slice(next, end));
      start = end + 1;
    }
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
    if (size > TEXT_MAX && this.#draft !== undefined) dropText(this.#draft);
    if (this.#takeContent(line, 0) === 0) this.#takeHeader(line.slice(0, -1));
  }

  /**
   * Takes whole lines of a hunk, if one is open. One loop without calls: it runs for each line of a commit, and V8 does not compile it.
   *
   * @returns where the next line begins
   */
  #takeContent(text: string, start: number): number {
    const draft = this.#draft;
    if (draft === undefined) return start;
    const { hunks, newLines } = draft;
    let old = this.#oldLines;
    let fresh = this.#newLines;
    let at = start;
    while (old > 0 || fresh > 0 || text.charCodeAt(at) === BACKSLASH) {
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      const kind = text.charCodeAt(at);
      if (kind !== BACKSLASH) {
        // "\ No newline at end of file" is no line
        if (kind !== PLUS) old--;
        if (kind !== DASH) {
          fresh--;
          newLines.push(text.slice(at + 1, end));
        }
      }
      at = end + 1;
    }
    this.#oldLines = old;
    this.#newLines = fresh;
    if (at > start && hunks.length > 0) hunks.push(`${hunks.pop()!}${text.slice(start, at)}`);
    draft.size += at - start;
    if (draft.size > TEXT_MAX || !draft.whole) dropText(draft);
    return at;
  }

  #takeHeader(line: string): void {
    if (line.startsWith('diff --git ')) {
      this.#finishFile();
      this.#draft = newDraft(line.slice(11));
      return;
    }
    if (line.startsWith('* Unmerged path ')) {
      this.#finishFile();
      this.unmerged.push(nameIn(line.slice(16)));
      return;
    }
    const draft = this.#draft;
    if (draft === undefined) return;
    if (line.startsWith('@@ ')) this.#startHunk(draft, line.slice(0, 100));
    else readExtendedHeader(draft, line);
  }

  #startHunk({ hunks, newLines }: Draft, text: string): void {
    const [, oldCount = '1', newCount = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text) ?? [];
    this.#oldLines = Number(oldCount);
    this.#newLines = Number(newCount);
    hunks.push('');
    if (newLines.length > 0) newLines.push('');
  }

  #finishFile(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft === undefined) return;
    const { path, oldPath, newPath, blob, oldBlob, mode, hunks, newLines, whole } = draft;
    this.#done.push({
      path: path ?? pathOfHeader(draft.header),
      ...(oldPath === undefined ? {} : { oldPath }),
      newPath,
      blob,
      oldBlob,
      mode,
      newText: textOf(newLines),
      get oldText() {
        return textOf(oldLinesOf(hunks));
      },
      whole,
    });
  }
}

/** The lines of the old version, in the same way as {@link Draft.newLines}. */
function oldLinesOf(hunks: readonly string[]): string[] {
  const lines: string[] = [];
  for (const hunk of hunks) {
    const own = hunk
      .split('\n')
      .slice(0, -1)
      .filter((line) => line[0] !== '+' && line[0] !== '\\');
    if (lines.length > 0) lines.push('');
    for (const line of own) lines.push(line.slice(1));
  }
  return lines;
}

function textOf(lines: readonly string[]): Buffer {
  // One string: the text and a last line feed would be joined by a copy of both.
  return Buffer.from(lines.length === 0 ? '' : [...lines, ''].join('\n'), 'latin1');
}

function dropText(draft: Draft): void {
  draft.whole = false;
  draft.hunks.length = 0;
  draft.newLines.length = 0;
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
    newLines: [],
    size: 0,
    whole: true,
  };
}

function readExtendedHeader(draft: Draft, text: string): void {
  if (text.startsWith('index ')) {
    const [ids = '', mode] = text.slice(6).split(' ', 2);
    const [old = '', blob = ''] = ids.split('..', 2);
    draft.oldBlob = isNullId(old) ? undefined : old;
    draft.blob = isNullId(blob) ? undefined : blob;
    draft.mode ??= mode;
  } else if (text.startsWith('new file mode ')) {
    draft.newPath = true;
    draft.mode = text.slice(14);
  } else if (text.startsWith('new mode ')) draft.mode = text.slice(9);
  else if (text.startsWith('rename to ') || text.startsWith('copy to ')) {
    draft.newPath = true;
    draft.path = nameIn(text.slice(text.indexOf('to ') + 3));
  } else if (text.startsWith('rename from ')) draft.oldPath = nameIn(text.slice(12));
  else if (text.startsWith('--- ') || text.startsWith('+++ ')) {
    const name = sidePath(text.slice(4));
    if (name !== undefined) draft.path = name;
  }
}

/** Reads `a/NAME`, `"b/NA\tME"` or `/dev/null`, followed by a tab if the name has blanks. */
function sidePath(text: string): string | undefined {
  const name = text.endsWith('\t') ? text.slice(0, -1) : text;
  return name === '/dev/null' ? undefined : nameIn(name).slice(2);
}

/** A name, quoted or not. Most are ASCII. */
function nameIn(text: string): string {
  return ODD_NAME.test(text) ? decodePath(unquote(text)) : text;
}

const ODD_NAME = /^"|[^\0-\x7f]/;

/** The path of a file without content lines: both sides are the same, so the halves are. */
function pathOfHeader(header: string): string {
  const half = header.startsWith('"')
    ? header.slice(header.length - (header.length - 1) / 2)
    : header.slice((header.length + 1) / 2);
  return nameIn(half).slice(2);
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

/**
 * Reads `git diff` output (`--text --full-index --src-prefix=a/ --dst-prefix=b/`) as bytes, file by file: excerpts of both versions.
 *
 * The line counts of the hunk headers decide what is content, never its first characters: a removed line may read
 * `-- a/file`, and an added one `++ b/file`. Why there is a diff parser at all: see `staged.ts`.
 */

import { isNullId } from '../git/object-id.ts';
import { joined, Lines, viewOf } from './diff-lines.ts';
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
  /** The lines of each hunk as git shows them, in parts. */
  readonly hunks: Uint8Array[][];
  /** Those of the new version, with an empty one between hunks, so that nothing is joined over the gap; in parts. */
  readonly newText: Uint8Array[];
  size: number;
  whole: boolean;
}

const LINE_END = Buffer.from('\n');

/**
 * Takes output in pieces of any size; returns files as they become complete. It makes no object for a line: with a string for each, V8 had
 * to collect garbage within a commit hook.
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
  #rest: Uint8Array[] = [];
  #restSize = 0;

  push(piece: Buffer): void {
    if (this.#rest.length === 0) return this.#takeLines(piece);
    const end = piece.indexOf(LF) + 1;
    if (end === 0) return this.#keepRest(piece);
    this.#takeRest(piece.subarray(0, end));
    this.#takeLines(piece.subarray(end));
  }

  end(): void {
    if (this.#rest.length > 0) this.#takeRest(LINE_END);
    this.#finishFile();
  }

  /** The files that became complete since the last call. */
  take(): FileDiff[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #keepRest(bytes: Uint8Array): void {
    this.#restSize += bytes.length;
    // The first character of a line that is too long to be kept is enough: it shows the kind of the line.
    if (this.#restSize <= TEXT_MAX || this.#rest.length === 0) this.#rest.push(bytes);
  }

  /** @param last the end of the line, with its line feed */
  #takeRest(last: Uint8Array): void {
    const size = this.#restSize + last.length - 1;
    const line = Buffer.concat([...this.#rest, last]);
    this.#rest = [];
    this.#restSize = 0;
    if (size > TEXT_MAX && this.#draft !== undefined) dropText(this.#draft);
    this.#takeLines(line);
  }

  #takeLines(piece: Uint8Array): void {
    const lines = new Lines(piece);
    const { memory } = lines;
    const text = viewOf(memory, 0, memory.length);
    while (lines.at < memory.length) {
      if (this.#draft !== undefined) this.#takeContent(this.#draft, lines);
      const { at } = lines;
      const end = memory.indexOf(LF, at);
      if (end < 0) {
        if (at < memory.length) this.#keepRest(memory.subarray(at));
        return;
      }
      this.#takeHeader(text.toString('latin1', at, end));
      lines.at = end + 1;
    }
  }

  /** Takes whole lines of a hunk, if one is open. One loop with few calls: it runs for each line of a commit, and V8 does not compile it. */
  #takeContent(draft: Draft, lines: Lines): void {
    const { memory, at: start, to: first } = lines;
    let old = this.#oldLines;
    let fresh = this.#newLines;
    let at = start;
    let to = first;
    while (old > 0 || fresh > 0 || memory[at] === BACKSLASH) {
      const end = memory.indexOf(LF, at) + 1;
      if (end === 0) break;
      const kind = memory[at];
      if (kind !== BACKSLASH) {
        // "\ No newline at end of file" is no line
        if (kind !== PLUS) old--;
        if (kind !== DASH) {
          fresh--;
          memory.copyWithin(to, at + 1, end);
          to += end - at - 1;
        }
      }
      at = end;
    }
    this.#oldLines = old;
    this.#newLines = fresh;
    lines.at = at;
    lines.to = to;
    if (at > start) draft.hunks.at(-1)?.push(memory.subarray(start, at));
    if (to > first) draft.newText.push(memory.subarray(first, to));
    draft.size += at - start;
    if (draft.size > TEXT_MAX || !draft.whole) dropText(draft);
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

  #startHunk({ hunks, newText }: Draft, text: string): void {
    const [, oldCount = '1', newCount = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text) ?? [];
    this.#oldLines = Number(oldCount);
    this.#newLines = Number(newCount);
    hunks.push([]);
    if (newText.length > 0) newText.push(LINE_END);
  }

  #finishFile(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft === undefined) return;
    const { path, oldPath, newPath, blob, oldBlob, mode, hunks, newText, whole } = draft;
    this.#done.push({
      path: path ?? pathOfHeader(draft.header),
      ...(oldPath === undefined ? {} : { oldPath }),
      newPath,
      blob,
      oldBlob,
      mode,
      newText: joined(newText),
      get oldText() {
        return textOf(oldLinesOf(hunks));
      },
      whole,
    });
  }
}

/** The lines of the old version, in the same way as {@link Draft.newText}. */
function oldLinesOf(hunks: readonly (readonly Uint8Array[])[]): string[] {
  const lines: string[] = [];
  for (const hunk of hunks) {
    const own = joined(hunk)
      .toString('latin1')
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
  draft.newText.length = 0;
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
    newText: [],
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

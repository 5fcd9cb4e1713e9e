/**
 * Every entry below a folder, through fast-glob (the only file that uses it).
 *
 * fast-glob ignores or throws the errors of folders, decodes all names as UTF-8, treats backslashes as separators, and its patterns
 * stop at line breaks. Its file system is therefore replaced by one that reports each unreadable folder, keeps the bytes of names
 * (`path-bytes.ts`), and represents those characters by lone surrogates.
 */

import * as fs from 'node:fs';
import { sep } from 'node:path';
import { decodePath, encodePath } from './path-bytes.ts';

export interface Entry {
  /** Relative to the folder, `/`-separated, as made by `decodePath`. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'special';
}

export interface WalkOptions {
  /** Called for each folder that cannot be read. */
  readonly onUnreadable: (path: string, error: NodeJS.ErrnoException) => void;
  /** Called for each folder with its entries, before any of them is yielded. */
  readonly onFolder?: (path: string, entries: readonly fs.Dirent[]) => void;
  /** Folders with this name are not entered. */
  readonly exclude: string;
  readonly onExcluded: (path: string) => void;
}

type Callback = (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void;

/** Line breaks and backslashes, on systems where names may contain them. */
const AMBIGUOUS = sep === '/' ? /[\n\r\\\u2028\u2029]/g : /(?!)/g;
// With the flag u surrogate pairs do not match.
const DISGUISED = /[\udc0a\udc0d\udc5c\udc28\udc29]/gu;
const REVEALED: Readonly<Record<string, string>> = {
  '\udc0a': '\n',
  '\udc0d': '\r',
  '\udc5c': '\\',
  '\udc28': '\u2028',
  '\udc29': '\u2029',
};

function disguise(name: string): string {
  return name.replace(AMBIGUOUS, (character) => String.fromCharCode(0xdc00 + (character.charCodeAt(0) & 0x7f)));
}

function reveal(path: string): string {
  return path.replace(DISGUISED, (character) => REVEALED[character]!); // the pattern matches its keys
}

/** Walks a folder without following symbolic links; dot files are included. */
export async function* walk(folder: string, options: WalkOptions): AsyncGenerator<Entry> {
  const { default: fastGlob } = await import('fast-glob');

  const readdir = readFolders(options.onUnreadable, (real, entries) => {
    options.onFolder?.(real, entries);
    return entries.filter((entry) => {
      if (entry.name !== options.exclude || !entry.isDirectory()) return true;
      options.onExcluded(`${real}/${entry.name}`);
      return false;
    });
  });

  const entries = fastGlob.stream('**', {
    cwd: disguise(folder),
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: false,
    objectMode: true,
    unique: false,
    fs: { readdir },
  }) as AsyncIterable<unknown> as AsyncIterable<{ path: string; dirent: fs.Dirent }>;
  for await (const { path, dirent } of entries) {
    if (dirent.isDirectory()) continue;
    const kind = dirent.isFile() ? 'file' : dirent.isSymbolicLink() ? 'symlink' : 'special';
    yield { path: reveal(path), kind };
  }
}

export interface FolderWalk {
  /** Called for each folder that cannot be read. */
  readonly onUnreadable: WalkOptions['onUnreadable'];
  /** Receives each folder with its entries, and returns those to enter. Links are never entered. */
  readonly enter: (path: string, entries: readonly fs.Dirent[]) => readonly fs.Dirent[];
}

/** Visits folders, and only those that the caller wants to enter. @param folder is visited first */
export async function walkFolders(folder: string, { onUnreadable, enter }: FolderWalk): Promise<void> {
  const { default: fastGlob } = await import('fast-glob');
  const readdir = readFolders(onUnreadable, (real, entries) =>
    enter(real, entries).filter((entry) => entry.isDirectory()),
  );
  const folders = fastGlob.stream('**', {
    cwd: disguise(folder),
    dot: true,
    followSymbolicLinks: false,
    onlyDirectories: true,
    unique: false,
    fs: { readdir },
  });
  for await (const _ of folders);
}

/**
 * The file system of a walk: an asynchronous one without stats uses only this part of it.
 *
 * @param choose receives a folder with its entries, and returns those that the walk sees
 */
function readFolders(
  onUnreadable: WalkOptions['onUnreadable'],
  choose: (path: string, entries: fs.Dirent[]) => fs.Dirent[],
): typeof fs.readdir {
  const readdir = (path: string, _settings: unknown, done: Callback): void => {
    const real = reveal(path);
    const fail = (error: NodeJS.ErrnoException): void => {
      onUnreadable(real, error);
      done(null, []);
    };
    const finish = (entries: fs.Dirent[]): void =>
      done(
        null,
        choose(real, entries).map((entry) =>
          entry.name.search(AMBIGUOUS) < 0 ? entry : renamed(entry, disguise(entry.name)),
        ),
      );
    fs.readdir(encodePath(real), { withFileTypes: true }, (error, entries) => {
      if (error) fail(error);
      else if (entries.some((entry) => entry.name.includes('\ufffd'))) readExactly(real, finish, fail);
      else finish(entries);
    });
  };
  return readdir as unknown as typeof fs.readdir; // fast-glob calls it in this form only
}

/** Reads a folder again as bytes: a replacement character may be part of a name, or mark invalid UTF-8. */
function readExactly(
  folder: string,
  finish: (entries: fs.Dirent[]) => void,
  fail: (error: NodeJS.ErrnoException) => void,
): void {
  fs.readdir(encodePath(folder), { withFileTypes: true, encoding: 'buffer' }, (error, entries) => {
    if (error) fail(error);
    else finish((entries as fs.Dirent<Buffer>[]).map((entry) => renamed(entry, decodePath(entry.name))));
  });
}

function renamed(entry: fs.Dirent | fs.Dirent<Buffer>, name: string): fs.Dirent {
  return Object.assign(Object.create(entry) as fs.Dirent, {
    name,
    isFile: () => entry.isFile(),
    isDirectory: () => entry.isDirectory(),
    isSymbolicLink: () => entry.isSymbolicLink(),
  });
}

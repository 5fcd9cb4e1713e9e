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

  const readdir = (path: string, _settings: unknown, done: Callback): void => {
    const real = reveal(path);
    const finish = (entries: fs.Dirent[]): void => {
      options.onFolder?.(real, entries);
      const kept: fs.Dirent[] = [];
      for (const entry of entries) {
        if (entry.name === options.exclude && entry.isDirectory()) options.onExcluded(`${real}/${entry.name}`);
        else kept.push(entry.name.search(AMBIGUOUS) < 0 ? entry : renamed(entry, disguise(entry.name)));
      }
      done(null, kept);
    };
    fs.readdir(encodePath(real), { withFileTypes: true }, (error, entries) => {
      if (error) {
        options.onUnreadable(real, error);
        done(null, []);
      } else if (entries.some((entry) => entry.name.includes('\ufffd'))) readExactly(real, finish, options);
      else finish(entries);
    });
  };

  const entries = fastGlob.stream('**', {
    cwd: disguise(folder),
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: false,
    objectMode: true,
    unique: false,
    // An asynchronous walk without stats uses only this part of the file system.
    fs: { readdir: readdir as unknown as typeof fs.readdir },
  }) as AsyncIterable<unknown> as AsyncIterable<{ path: string; dirent: fs.Dirent }>;
  for await (const { path, dirent } of entries) {
    if (dirent.isDirectory()) continue;
    const kind = dirent.isFile() ? 'file' : dirent.isSymbolicLink() ? 'symlink' : 'special';
    yield { path: reveal(path), kind };
  }
}

/** Reads a folder again as bytes: a replacement character may be part of a name, or mark invalid UTF-8. */
function readExactly(folder: string, finish: (entries: fs.Dirent[]) => void, options: WalkOptions): void {
  fs.readdir(encodePath(folder), { withFileTypes: true, encoding: 'buffer' }, (error, entries) => {
    if (error) {
      options.onUnreadable(folder, error);
      finish([]);
    } else {
      finish((entries as fs.Dirent<Buffer>[]).map((entry) => renamed(entry, decodePath(entry.name))));
    }
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

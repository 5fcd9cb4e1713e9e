/**
 * Every entry below a folder, through fast-glob (the one file that knows it).
 *
 * fast-glob swallows or throws what it cannot read, and reads names as UTF-8. Its file system is therefore replaced
 * by one that reports each unreadable folder and keeps names exact (`path-bytes.ts`).
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
  /** A folder could not be read. */
  readonly onUnreadable: (path: string, error: NodeJS.ErrnoException) => void;
  /** Gets each folder with what is in it, before any of that is yielded. */
  readonly onFolder?: (path: string, entries: readonly fs.Dirent[]) => void;
  /** Folders by this name are not entered. */
  readonly exclude: string;
  readonly onExcluded: (path: string) => void;
}

type Callback = (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void;

/**
 * Where names may hold anything but a slash: fast-glob's patterns do not reach past the end of a line, and it takes a
 * backslash for a separator. Such characters travel as lone surrogates.
 */
const TROUBLESOME = sep === '/' ? /[\n\r\\\u2028\u2029]/g : /(?!)/g;
// With the flag u only lone surrogates match.
const DISGUISED = /[\udc0a\udc0d\udc5c\udc28\udc29]/gu;
const REVEALED: Readonly<Record<string, string>> = {
  '\udc0a': '\n',
  '\udc0d': '\r',
  '\udc5c': '\\',
  '\udc28': '\u2028',
  '\udc29': '\u2029',
};

function disguise(name: string): string {
  return name.replace(TROUBLESOME, (character) => String.fromCharCode(0xdc00 + (character.charCodeAt(0) & 0x7f)));
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
        else kept.push(entry.name.search(TROUBLESOME) < 0 ? entry : renamed(entry, disguise(entry.name)));
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
    // The part of fast-glob's file system that an asynchronous walk without stats uses.
    fs: { readdir: readdir as unknown as typeof fs.readdir },
  }) as AsyncIterable<unknown> as AsyncIterable<{ path: string; dirent: fs.Dirent }>;
  for await (const { path, dirent } of entries) {
    if (dirent.isDirectory()) continue;
    const kind = dirent.isFile() ? 'file' : dirent.isSymbolicLink() ? 'symlink' : 'special';
    yield { path: reveal(path), kind };
  }
}

/** Reads a folder again as bytes: a replacement character stands in a name, or is one. */
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

/**
 * Every entry below a folder, through fast-glob (the one file that knows it).
 *
 * fast-glob swallows or throws what it cannot read, and reads names as UTF-8. Its file system is therefore replaced
 * by one that reports each unreadable folder and keeps names exact (`path-bytes.ts`).
 */

import * as fs from 'node:fs';
import { decodePath, encodePath } from './path-bytes.ts';

export interface Entry {
  /** Relative to the folder, `/`-separated, as made by `decodePath`. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'special';
}

export interface WalkOptions {
  /** A folder could not be read. */
  readonly onUnreadable: (path: string, error: NodeJS.ErrnoException) => void;
  /** Folders by this name are not entered. */
  readonly exclude: string;
  readonly onExcluded: (path: string) => void;
}

type Callback = (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void;

/** A line feed in a name would end the match of fast-glob's patterns; it travels as this lone surrogate. */
const LINE_FEED = '\udc0a';

/** Walks a folder without following symbolic links; dot files are included. */
export async function* walk(folder: string, options: WalkOptions): AsyncGenerator<Entry> {
  const { default: fastGlob } = await import('fast-glob');

  const readdir = (path: string, _settings: unknown, done: Callback): void => {
    const real = path.replaceAll(LINE_FEED, '\n');
    const finish = (entries: fs.Dirent[]): void => {
      const kept: fs.Dirent[] = [];
      for (const entry of entries) {
        if (entry.name === options.exclude && entry.isDirectory()) options.onExcluded(`${real}/${entry.name}`);
        else kept.push(entry.name.includes('\n') ? renamed(entry, entry.name.replaceAll('\n', LINE_FEED)) : entry);
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
    cwd: folder,
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
    yield { path: path.replaceAll(LINE_FEED, '\n'), kind };
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

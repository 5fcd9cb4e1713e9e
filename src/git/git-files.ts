/** The files of a repository that are not objects: its configuration, reflogs, hooks, unfinished messages, leftovers. */

import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import { isGitDirectory, isObjectFile } from './git-directory.ts';
import { gitLine, type GitOptions } from './spawn.ts';

export interface GitFile {
  /** Relative to the git directory, `/`-separated, as made by `decodePath`. */
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'special';
  /** Whether git has not finished writing it, and does not count it as an object. */
  readonly isUnfinished: boolean;
}

/** Absolute; for a linked work tree the directory of its repository. @throws GitError */
export async function commonGitDirectory(options: GitOptions): Promise<string> {
  const directory = await gitLine(['rev-parse', '--git-common-dir'], options);
  return resolve(options.cwd, directory);
}

/** Git itself lists refs and the index; the others are derived from objects. */
const LEFT_OUT =
  /^(?:(?:worktrees\/[^/]+\/)?(?:index|sharedindex\.[^/]*)|packed-refs|refs|reftable|objects\/info\/commit-graphs?)$/;

/** Unfinished objects and packs, also of a push in quarantine (`tmp_objdir-incoming-*`). */
const UNFINISHED = /^objects\/(?:.*\/)?(?:tmp_|\.tmp-|incoming-)/;

export interface GitFilesOptions {
  readonly onUnreadable: (folder: string, error: NodeJS.ErrnoException) => void;
  /** Receives each repository inside it, such as that of a submodule. They are not entered. */
  readonly onRepository: (folder: string) => void;
}

/** All files below a git directory except objects, refs and the index; links are not followed. */
export function* gitFiles(directory: string, { onUnreadable, onRepository }: GitFilesOptions): Generator<GitFile> {
  const folders = [''];
  while (folders.length > 0) {
    const folder = folders.pop()!; // there is one
    const inside: string[] = [];
    for (const entry of entriesOf(join(directory, folder), (error) => onUnreadable(folder, error))) {
      const own = decodePath(entry.name);
      const name = folder === '' ? own : `${folder}/${own}`;
      if (LEFT_OUT.test(name) || isObjectFile(name)) continue;
      if (!entry.isDirectory())
        yield {
          name,
          isUnfinished: UNFINISHED.test(name),
          kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'symlink' : 'special',
        };
      else if (isGitDirectory(join(directory, name))) onRepository(name);
      else inside.push(name);
    }
    folders.push(...inside.toReversed());
  }
}

/** Packs that git ignores because they have no index. */
export function packsWithoutIndex(directory: string): string[] {
  const folder = join(directory, 'objects', 'pack');
  const names = new Set(entriesOf(folder, () => {}).map(({ name }) => decodePath(name)));
  const isThere = (name: string): boolean => existsSync(encodePath(join(folder, name)));
  return [...names].filter((name) => {
    const index = name.replace(/pack$/, 'idx');
    // A repack writes to other names first, and may have given a pack its index, or removed it, since then.
    if (!name.endsWith('.pack') || names.has(index) || UNFINISHED.test(`objects/pack/${name}`)) return false;
    return isThere(name) && !isThere(index);
  });
}

function entriesOf(folder: string, onUnreadable: (error: NodeJS.ErrnoException) => void): Dirent<Buffer>[] {
  try {
    const entries = readdirSync(encodePath(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    onUnreadable(error as NodeJS.ErrnoException);
    return [];
  }
}

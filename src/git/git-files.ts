/** The files of a repository that are no objects: its configuration, reflogs, hooks, messages in the making, what was left over. */

import { type Dirent, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import { isGitDirectory, isObjectFile } from './git-directory.ts';
import { gitLine, type GitOptions } from './spawn.ts';

export interface GitFile {
  /** Relative to the git directory, `/`-separated, as made by `decodePath`. */
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'special';
  /** Whether git has not finished writing it, and takes it for no object. */
  readonly isUnfinished: boolean;
}

/** Absolute; of a linked work tree that of the repository which it belongs to. @throws GitError */
export async function commonGitDirectory(options: GitOptions): Promise<string> {
  const told = await gitLine(['rev-parse', '--git-common-dir'], options);
  return resolve(options.cwd, told);
}

/** Names of refs are asked of git, the index likewise; the others are made of objects. */
const LEFT_OUT =
  /^(?:(?:worktrees\/[^/]+\/)?(?:index|sharedindex\.[^/]*)|packed-refs|refs|reftable|objects\/info\/commit-graphs?)$/;

/** Objects and packs in the making, those of a push that is checked in quarantine too (`tmp_objdir-incoming-*`). */
const UNFINISHED = /^objects\/(?:.*\/)?(?:tmp_|incoming-)/;

export interface GitFilesOptions {
  readonly onUnreadable: (folder: string, error: NodeJS.ErrnoException) => void;
  /** Gets each repository inside it: those of submodules. They are not entered. */
  readonly onRepository: (folder: string) => void;
}

/** Everything below a git directory but objects, refs and the index; links are not followed. */
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

/** Packs that git does not know for want of an index. */
export function packsWithoutIndex(directory: string): string[] {
  const names = new Set(entriesOf(join(directory, 'objects', 'pack'), () => {}).map(({ name }) => decodePath(name)));
  return [...names].filter((name) => name.endsWith('.pack') && !names.has(name.replace(/pack$/, 'idx')));
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

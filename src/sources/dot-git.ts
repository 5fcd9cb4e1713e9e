/**
 * Files and folders called `.git` in a work tree that are not a repository: git ignores them silently, whatever they contain.
 * On file systems that ignore case, `.GIT` as well.
 */

import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { ignoresCase, untrackedFolders } from '../git/listing.ts';
import type { GitOptions } from '../git/spawn.ts';
import { decodePath, encodePath } from '../lib/path-bytes.ts';

/** What git has listed below a folder; paths are relative to it. */
export interface Listed {
  /** Folders with files in them. */
  readonly folders: ReadonlySet<string>;
  /** Repositories inside it, which are listed separately. */
  readonly repositories: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

/** Finds them below a folder, except its own at the top. Relative to the folder. @throws GitError */
export async function dotGits(options: GitOptions, { folders, repositories, ignored }: Listed): Promise<string[]> {
  const anyCase = await ignoresCase(options);
  const found = new Set<string>();
  const namesIn = (folder: string): string[] => {
    try {
      return readdirSync(encodePath(join(options.cwd, folder)), { encoding: 'buffer' }).map(decodePath);
    } catch {
      return []; // the listing has reported it
    }
  };
  const statsOf = (path: string): Stats | undefined => {
    try {
      return lstatSync(encodePath(join(options.cwd, path)), { throwIfNoEntry: false });
    } catch {
      return undefined; // likewise
    }
  };
  const isFolder = (path: string): boolean => statsOf(path)?.isDirectory() === true;
  const isNamed = (name: string): boolean => name === '.git' || (anyCase && name.toLowerCase() === '.git');

  const parents = new Set(['.']);
  for (let folder of folders) for (; !parents.has(folder); folder = dirname(folder)) parents.add(folder);
  for (const folder of parents) {
    if (anyCase) for (const name of namesIn(folder).filter(isNamed)) found.add(join(folder, name));
    else if (statsOf(join(folder, '.git')) !== undefined) found.add(join(folder, '.git'));
  }
  found.delete('.git');

  // A folder that contains nothing else is in no list of files.
  const left = await untrackedFolders(options);
  while (left.length > 0) {
    const folder = left.pop()!; // there is one
    if (repositories.has(folder) || ignored.has(folder) || !isFolder(folder)) continue;
    for (const name of namesIn(folder)) {
      if (isNamed(name)) found.add(join(folder, name));
      else if (isFolder(join(folder, name))) left.push(join(folder, name));
    }
  }
  return [...found].toSorted();
}

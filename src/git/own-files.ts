/**
 * Files of git that name addresses of remotes: the configuration, and reflogs, which note where git cloned or pulled from.
 */

import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import { isGitDirectory } from './git-directory.ts';

const NAMES: readonly string[] = ['config', 'config.worktree', 'FETCH_HEAD'];

/**
 * The paths of such files of a repository, of its submodules and of its other work trees. Not every one exists. Links are not followed.
 *
 * @param directory the git directory
 */
export function* filesWithAddresses(directory: string): Generator<string> {
  for (const name of NAMES) yield join(directory, name);
  const logs = [join(directory, 'logs')];
  while (logs.length > 0) {
    const folder = logs.pop()!; // there is one
    for (const entry of entriesOf(folder)) {
      const path = join(folder, decodePath(entry.name));
      if (entry.isDirectory()) logs.push(path);
      else if (entry.isFile()) yield path;
    }
  }
  for (const folder of foldersIn(join(directory, 'worktrees'))) yield* filesWithAddresses(folder);
  // The name of a submodule may have several parts.
  const modules = [join(directory, 'modules')];
  while (modules.length > 0)
    for (const folder of foldersIn(modules.pop()!))
      if (isGitDirectory(folder)) yield* filesWithAddresses(folder);
      else modules.push(folder);
}

function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, decodePath(entry.name)));
}

function entriesOf(folder: string): Dirent<Buffer>[] {
  try {
    const entries = readdirSync(encodePath(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
  } catch {
    return []; // most repositories have none
  }
}

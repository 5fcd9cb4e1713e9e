/** The files of a work tree as git sees them: tracked, and untracked but not ignored. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import { discoveringEnvironment, type GitOptions, gitRecords } from './spawn.ts';

export interface ListedEntry {
  /** Relative to the listed folder, `/`-separated, as made by `decodePath`. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'repository';
}

const MODE_SYMLINK = '120000';
const MODE_COMMIT = '160000';

/**
 * Lists the part of a work tree that lies below `cwd`. A `repository` is a submodule or a repository inside this one:
 * its files are its own.
 *
 * @throws GitError
 */
export async function* listWorkTree({ cwd, env }: GitOptions): AsyncGenerator<ListedEntry> {
  const options = { cwd, env: discoveringEnvironment(env) };
  let last = '';
  for await (const record of gitRecords(['ls-files', '--stage', '-z'], options)) {
    // <mode> <object> <stage>\t<path>; a path in conflict stands once for each stage.
    const tab = record.indexOf(0x09);
    const path = decodePath(record.subarray(tab + 1));
    if (path === last) continue;
    last = path;
    const mode = record.toString('latin1', 0, 6);
    yield { path, kind: mode === MODE_SYMLINK ? 'symlink' : mode === MODE_COMMIT ? 'repository' : 'file' };
  }
  for await (const record of gitRecords(['ls-files', '--others', '--exclude-standard', '-z'], options)) {
    const path = decodePath(record);
    yield path.endsWith('/') ? { path: path.slice(0, -1), kind: 'repository' } : { path, kind: 'file' };
  }
}

/** How many paths below `cwd` git ignores; a folder that is ignored whole counts once. @throws GitError */
export async function countIgnored({ cwd, env }: GitOptions): Promise<number> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  let count = 0;
  for await (const record of gitRecords(args, { cwd, env: discoveringEnvironment(env) })) {
    // Git names a repository inside this one here too when it is ignored; that is what is counted.
    if (record.length > 0) count++;
  }
  return count;
}

/** The root of the work tree around `folder`: the nearest folder at or above it that has a `.git`. */
export function findWorkTree(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(encodePath(join(at, '.git')))) return at;
    if (dirname(at) === at) return undefined;
  }
}

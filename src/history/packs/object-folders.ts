/** The packs of a repository: its own, and those of its alternates. */

import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptionalFile } from '../../lib/optional-file.ts';
import { gitLine, type GitOptions } from '../../git/spawn.ts';

/** Git follows alternates no deeper (`object-file.c`). */
const DEPTH_MAX = 5;

/** The packs with an index, each as its path without the ending. @throws GitError */
export async function listPacks(options: GitOptions): Promise<string[]> {
  const own = await gitLine(['rev-parse', '--git-path', 'objects'], options);
  const folders = new Set<string>();
  const add = (folder: string, depth: number): void => {
    const real = realOf(folder);
    if (real === undefined || folders.has(real) || depth > DEPTH_MAX) return;
    folders.add(real);
    for (const line of linesOf(join(folder, 'info', 'alternates'))) add(resolve(folder, line), depth + 1);
  };
  add(resolve(options.cwd, own), 0);
  return [...folders].flatMap((folder) => packsIn(join(folder, 'pack')));
}

/** What is in a repository whose objects are all in its own folder. */
export interface OwnObjects {
  /** Loose objects, in hex. */
  readonly loose: readonly string[];
  /** How many packs there are. */
  readonly packs: number;
}

/** Undefined if objects may also be elsewhere: in alternates, or in a pack that `listPacks` does not list. @throws GitError */
export async function listOwnObjects(options: GitOptions): Promise<OwnObjects | undefined> {
  const own = resolve(options.cwd, await gitLine(['rev-parse', '--git-path', 'objects'], options));
  if (options.about !== 'around' && (options.env['GIT_ALTERNATE_OBJECT_DIRECTORIES'] ?? '') !== '') return undefined;
  try {
    if (existsSync(join(own, 'info', 'alternates'))) return undefined;
    const loose = readdirSync(own)
      .filter((folder) => /^[0-9a-f]{2}$/.test(folder))
      .flatMap((folder) => readdirSync(join(own, folder)).map((name) => folder + name))
      .filter((name) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name));
    const names = readdirSync(join(own, 'pack')).filter((name) => /\.(?:idx|pack)$/.test(name));
    const packs = packsIn(join(own, 'pack')).length;
    return names.length === 2 * packs ? { loose, packs } : undefined;
  } catch {
    return undefined;
  }
}

function realOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/** Unreadable files are left to git, which reports them. So are names in quotes, git's notation for names with line feeds. */
function linesOf(file: string): string[] {
  try {
    return (readOptionalFile(file) ?? '').split('\n').filter((line) => line !== '' && !/^[#"]/.test(line));
  } catch {
    return [];
  }
}

function packsIn(folder: string): string[] {
  try {
    const names = new Set(readdirSync(folder));
    return [...names]
      .filter((name) => /^pack-.*\.idx$/.test(name) && names.has(name.replace(/idx$/, 'pack')))
      .toSorted()
      .map((name) => join(folder, name.slice(0, -'.idx'.length)));
  } catch {
    return [];
  }
}

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
    for (const alternate of alternatesOf(folder)) add(alternate, depth + 1);
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
    const loose = looseIn(own);
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

/** The loose objects in a folder of objects, in hex. @throws the file system's error */
export function looseIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((name) => namesIn(join(folder, name)).map((rest) => name + rest))
    .filter((id) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id));
}

/** A folder may be removed with its last object while others are listed. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The folders of objects that one shares, absolute.
 *
 * Names in quotes are git's notation for names with line feeds. They and unreadable files are left to git, which reports them.
 *
 * @param isStrict whether they are errors instead
 */
export function alternatesOf(folder: string, { isStrict }: { readonly isStrict?: true } = {}): string[] {
  let lines: string[];
  try {
    const text = readOptionalFile(join(folder, 'info', 'alternates')) ?? '';
    lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    if (isStrict === true) throw error;
    return [];
  }
  const isQuoted = (line: string): boolean => line.startsWith('"');
  if (isStrict === true && lines.some(isQuoted)) throw new Error('a name in quotes');
  return lines.filter((line) => !isQuoted(line)).map((line) => resolve(folder, line));
}

/** The packs of a folder that have an index, each as its path without the ending. */
export function packsIn(folder: string): string[] {
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

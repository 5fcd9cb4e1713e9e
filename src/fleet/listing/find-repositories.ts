/**
 * The repositories below a folder: those of a Gitaly storage (`@hashed`, `@pools`, `@snippets`, `@groups`), and any other git
 * directory, bare or of a work tree. A repository is not entered, but for those of its submodules.
 */

import { type Dirent, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isGitDirectory } from '../../git/git-directory.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { walkFolders } from '../../lib/glob.ts';
import { isInside } from '../../lib/inside.ts';
import { decodePath, encodePath, showPath } from '../../lib/path-bytes.ts';
import { readPlainFile } from '../../lib/plain-file.ts';
import { realPath } from '../../lib/real-path.ts';
import { throwIfInterrupted } from '../../model/errors.ts';
import type { Listing } from './listing.ts';

const READABLE = 'Run as a user who may read it: as that of Gitaly, or with CAP_DAC_READ_SEARCH.';
/** GitLab renames what it deletes, and removes it days later. */
const DELETED = /\+deleted(?:\+|\.git$|\.wiki\.git$|$)/;
/** Gitaly's own folders (`+gitaly/tmp`, `+gitaly/staging`), pushes in quarantine, copies that are not finished. */
const TEMPORARY = /^\+gitaly$|^tmp_objdir-|^incoming-|\.tmp$/;

/**
 * The git directories, absolute, in ascending order.
 *
 * @param root real; links out of it are not followed
 * @throws GlaiveError when the signal fires
 */
export async function findRepositories(root: string, listing: Listing, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  const workTrees = new Set<string>();
  const place = (folder: string): string => showPath(folder.slice(root.length).replace(/^[/\\]/, '')) || '.';

  const enter = (folder: string, entries: readonly Dirent[]): readonly Dirent[] => {
    if (signal.aborted) return [];
    const names = new Map(entries.map((entry) => [entry.name, entry]));
    if (isRepository(names)) {
      found.push(folder);
      const modules = names.get('modules');
      return modules === undefined ? [] : [modules];
    }
    const why = folder.endsWith('.git') || looksLikeGit(names) ? whyDamaged(names) : undefined;
    if (why !== undefined) {
      listing.gap(`it is not a whole repository: ${why}`, {
        uri: place(folder),
        hint: 'Ask git there: git rev-parse --git-dir',
      });
      return [];
    }
    const git = names.get('.git');
    if (git !== undefined) workTrees.add(folder);
    if (git !== undefined && !git.isDirectory()) linkedWorkTree(folder);
    return entries.filter((entry) => {
      if (entry.isSymbolicLink()) link(folder, entry.name);
      if (!entry.isDirectory()) return false;
      const reason = DELETED.test(entry.name) ? 'deleted' : TEMPORARY.test(entry.name) ? 'temporary' : undefined;
      if (reason !== undefined) listing.leave(reason);
      return reason === undefined;
    });
  };

  /** The target outside may be a repository that the user expects in the plan. */
  const link = (folder: string, name: string): void => {
    const target = realFolder(join(folder, name));
    if (target === undefined || name === '.git') return;
    if (isInside(target, root)) return listing.leave('link');
    const isInCheckout = ancestorsOf(folder, root).some((each) => workTrees.has(each));
    // The files of a checkout may link to anything; only a repository counts there.
    if (isInCheckout && !isGitDirectory(target) && !isGitDirectory(join(target, '.git'))) return;
    listing.gap('a symbolic link leads out of the folder, and is not followed', {
      uri: place(join(folder, name)),
      hint: 'Sweep what it leads to as well: with another --disk, or with --from.',
    });
  };

  /** The work tree of a repository that is elsewhere, or of a submodule. */
  const linkedWorkTree = (folder: string): void => {
    const target = gitDirectoryOf(folder);
    if (target !== undefined && isInside(target, root)) return listing.leave('work-tree');
    listing.gap('the repository of this work tree is outside of the folder', {
      uri: place(folder),
      hint: 'Sweep it as well: with another --disk, or with --from.',
    });
  };

  await walkFolders(root, {
    enter,
    onUnreadable: (folder, error) => {
      // Removed while the folders were listed.
      if (error.code === 'ENOENT') return;
      listing.gap(`cannot list the folder: ${fsErrorMessage(error)}`, { uri: place(folder), hint: READABLE });
    },
  });
  throwIfInterrupted(signal);
  return found.toSorted();
}

/** As `isGitDirectory`, by the entries of the folder. */
function isRepository(names: ReadonlyMap<string, Dirent>): boolean {
  const head = names.get('HEAD');
  return (
    head !== undefined &&
    !head.isDirectory() &&
    names.get('objects')?.isDirectory() === true &&
    names.get('refs')?.isDirectory() === true
  );
}

/** What a bare repository of any name holds besides: enough of it is no accident. */
const GIT_NAMES = ['HEAD', 'objects', 'refs', 'packed-refs', 'config', 'hooks', 'info', 'description', 'logs'];
const GIT_NAMES_MIN = 3;

function looksLikeGit(names: ReadonlyMap<string, Dirent>): boolean {
  const isPart = ['HEAD', 'objects', 'refs', 'packed-refs'].some((name) => names.has(name));
  return isPart && GIT_NAMES.filter((name) => names.has(name)).length >= GIT_NAMES_MIN;
}

/** Undefined for a folder that only has such a name. */
function whyDamaged(names: ReadonlyMap<string, Dirent>): string | undefined {
  if (names.size === 0) return 'the folder is empty';
  const needed = ['HEAD', 'objects', 'refs'];
  const missing = needed.filter((name) => !names.has(name));
  if (missing.length === needed.length && !GIT_NAMES.some((name) => names.has(name))) return undefined;
  return missing.length > 0 ? `${missing.join(' and ')} missing` : 'objects and refs must be folders, HEAD a file';
}

/** Undefined if it leads to no folder. */
function realFolder(path: string): string | undefined {
  try {
    return statSync(encodePath(path)).isDirectory() ? realPath(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The folder and those above it, up to the root. */
function ancestorsOf(folder: string, root: string): string[] {
  const folders: string[] = [];
  for (let at = folder; isInside(at, root); at = dirname(at)) {
    folders.push(at);
    if (at === root) break;
  }
  return folders;
}

/** Bytes of a `.git` file: a path. */
const GIT_FILE_MAX = 8192;

/**
 * The git directory of a work tree whose `.git` is a file or a link: that of the repository, also for a linked work tree.
 *
 * @returns a real path; undefined if it cannot be found
 */
export function gitDirectoryOf(folder: string): string | undefined {
  const direct = realFolder(join(folder, '.git'));
  if (direct !== undefined) return direct;
  const named = lineIn(join(folder, '.git'))?.replace(/^gitdir: /, '');
  if (named === undefined) return undefined;
  const own = resolve(folder, named);
  const common = lineIn(join(own, 'commondir'));
  return realFolder(common === undefined ? own : resolve(own, common));
}

function lineIn(file: string): string | undefined {
  try {
    const bytes = readPlainFile(encodePath(file), GIT_FILE_MAX);
    return bytes === undefined ? undefined : decodePath(bytes).replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/** The place of a repository below a root, `/`-separated. */
export function placeBelow(root: string, directory: string): string {
  const from = root.endsWith(sep) ? root.length : root.length + 1;
  return directory.slice(from).replaceAll(sep, '/');
}

/** Whether a git directory is that of a work tree. */
export function isOfWorkTree(directory: string): boolean {
  return basename(directory) === '.git';
}

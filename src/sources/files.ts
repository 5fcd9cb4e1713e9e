/**
 * Files and folders. In a git work tree: tracked files, and untracked ones that are not ignored; elsewhere every
 * file. A path that the user names is always looked at, ignored or not.
 */

import { lstatSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { countIgnored, findWorkTree, listWorkTree } from '../git/listing.ts';
import { GIT_MINIMUM, openRepository } from '../git/repository.ts';
import { GitError } from '../git/spawn.ts';
import { walk } from '../lib/glob.ts';
import { encodePath, showPath } from '../lib/path-bytes.ts';
import type { Input } from '../model/artifact.ts';
import type { Gap } from '../model/gap.ts';
import type { Source, Trouble } from '../model/source.ts';
import { openFile } from './file-reader.ts';

export interface FilesOptions {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** URIs are relative to this folder; a file outside it has an absolute one. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function filesSource(options: FilesOptions): Source {
  return {
    name: 'files',
    async *inputs(trouble) {
      const walkers = createWalkers(options, trouble);
      // Only several paths can lead to one file twice.
      const seen = options.paths.length > 1 ? new Set<string>() : undefined;
      for (const path of options.paths) {
        for await (const file of walkers.expand(resolve(options.cwd, path))) {
          if (seen?.has(file.path) === true) continue;
          seen?.add(file.path);
          yield toInput(file, options.base);
        }
      }
    },
  };
}

interface FoundFile {
  /** Absolute, as made by `decodePath`. */
  readonly path: string;
  readonly explicit: boolean;
}

function toInput({ path, explicit }: FoundFile, base: string): Input {
  const relativePath = relativeTo(base, path);
  const uri = showPath(relativePath);
  return { artifact: { kind: 'file', uri, path: relativePath }, open: () => openFile(path, { uri, explicit }) };
}

/** `/`-separated and relative to `base`; absolute for what lies outside. */
function relativeTo(base: string, path: string): string {
  const inside = relative(base, path);
  const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  const chosen = outside ? path : inside;
  return sep === '/' ? chosen : chosen.replaceAll(sep, '/');
}

/** The ways to list what lies under a path; they share what is known about git. */
function createWalkers({ base, env }: FilesOptions, trouble: Trouble) {
  const uriOf = (path: string): string => showPath(relativeTo(base, path));
  let gitIsUsable: boolean | undefined;

  async function* expand(path: string): AsyncGenerator<FoundFile> {
    const stats = statOrGap(path, uriOf(path), trouble);
    if (stats === undefined) return;
    if (stats.isDirectory()) yield* listFolder(path);
    else yield { path, explicit: true };
  }

  async function* listFolder(folder: string): AsyncGenerator<FoundFile> {
    const root = findWorkTree(folder);
    const byGit =
      root !== undefined &&
      !isInside(folder, join(root, '.git')) &&
      (gitIsUsable ??= await askGit(folder)) &&
      (folder === root || !(await (await openRepository({ cwd: folder, env })).ignores(folder)));
    yield* byGit ? listTracked(folder) : listEverything(folder);
  }

  async function askGit(folder: string): Promise<boolean> {
    const version = await (await openRepository({ cwd: folder, env })).version();
    if (version?.supported === true) return true;
    const oldest = `${GIT_MINIMUM.major}.${GIT_MINIMUM.minor}`;
    trouble.gap({
      kind: 'git',
      message: version === undefined ? 'git was not found' : `git ${version.text} is too old`,
      hint: `Install git ${oldest} or newer. Every file was looked at instead, ignored ones too.`,
    });
    return false;
  }

  async function* listTracked(folder: string): AsyncGenerator<FoundFile> {
    const git = { cwd: folder, env };
    const ignored = countIgnored(git).catch(() => 0); // the listing itself meets the same error and reports it
    let listed = false;
    try {
      for await (const { path, kind } of listWorkTree(git)) {
        listed = true;
        const found = join(folder, path);
        if (kind === 'file') yield { path: found, explicit: false };
        else if (kind === 'symlink') trouble.skip('symlink');
        else if (findWorkTree(found) !== found) trouble.skip('submodule');
        else yield* listFolder(found);
      }
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const instead = listed ? 'Files that it did not list were not looked at.' : 'Every file was looked at instead.';
      trouble.gap({
        kind: 'git',
        uri: uriOf(folder),
        message: `git could not list the files: ${error.message}`,
        hint: error.message.includes('dubious ownership')
          ? `Tell git that you trust it: git config --global --add safe.directory PATH. ${instead}`
          : `Mend the repository. ${instead}`,
      });
      if (!listed) yield* listEverything(folder);
    }
    trouble.skip('ignored', await ignored);
  }

  async function* listEverything(folder: string): AsyncGenerator<FoundFile> {
    const entries = walk(folder, {
      exclude: '.git',
      onExcluded: () => trouble.skip('git-directory'),
      onUnreadable: (path, error) =>
        trouble.gap({
          kind: 'listing',
          uri: uriOf(path),
          message: `cannot list the folder: ${error.code === 'EACCES' ? 'permission denied' : error.code}`,
          hint: 'Run as a user who may read it, or leave it out.',
        }),
    });
    for await (const { path, kind } of entries) {
      if (kind === 'file') yield { path: join(folder, path), explicit: false };
      else trouble.skip(kind);
    }
  }

  return { expand };
}

function statOrGap(path: string, uri: string, trouble: Trouble): Stats | undefined {
  const refuse = (kind: Gap['kind'], message: string, hint: string): undefined => {
    trouble.gap({ kind, uri, message, hint });
  };
  try {
    const stats = statSync(encodePath(path));
    if (stats.isFile() || stats.isDirectory()) return stats;
    const kind = stats.isFIFO() ? 'a FIFO' : stats.isSocket() ? 'a socket' : 'a device';
    return refuse('special-file', `it is ${kind}, not a file`, 'Pipe what it gives into `glaive scan -`.');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    switch (code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return isLink(path)
          ? refuse('missing', 'it is a symbolic link that leads nowhere', 'Mend the link, or leave it out.')
          : refuse('missing', 'no such file or folder', 'Check the spelling; paths are relative to where you stand.');
      case 'ELOOP':
        return refuse(
          'unreadable',
          'it is a symbolic link that leads back to itself',
          'Mend the link, or leave it out.',
        );
      case 'EACCES':
      case 'EPERM':
        return refuse('unreadable', 'cannot look at it: permission denied', 'Run as a user who may read it.');
      default:
        return refuse('unreadable', `cannot look at it: ${code}`, 'Check the path.');
    }
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(encodePath(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/**
 * Files and folders. In a git work tree: tracked files, and untracked ones that are not ignored; elsewhere every file. A path
 * that the user names is always scanned, ignored or not.
 */

import { readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isInside } from '../lib/inside.ts';
import { createPathOnDisk } from '../lib/name-on-disk.ts';
import { realPath } from '../lib/real-path.ts';
import { isGitDirectory } from '../git/git-directory.ts';
import { dotGits } from './dot-git.ts';
import { findWorkTree } from '../git/find-work-tree.ts';
import { listIgnored, type ListedEntry, listWorkTree } from '../git/listing.ts';
import { GIT_MINIMUM, gitVersion, type GitVersion, ignoresContent, wayUp } from '../git/work-tree.ts';
import { gapFromGit, GitError, isStop } from '../git/git-error.ts';
import { walk } from '../lib/glob.ts';
import { encodePath, showPath } from '../lib/path-bytes.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { type FoundFile, relativeTo, toInput } from './found-file.ts';
import { gitFilesWithCredential } from './git-own-files.ts';
import { fileNamedBy, createLinkCheck, isLink, statNamed } from './named-path.ts';
import { watchRepositories } from './repositories.ts';

export interface FilesOptions {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** URIs are relative to this folder; that of a file outside is absolute. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the listing early. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a file that the user did not name is excluded; receives its path relative to the base. */
  readonly excludes?: (path: string) => boolean;
  /** Whether a file that the user did not name belongs to this shard of the scan. Receives its path relative to the base. */
  readonly isInShard?: (path: string) => boolean;
}

export function filesSource(options: FilesOptions): Source {
  return {
    name: 'files',
    async *inputs(diagnostics) {
      const walkers = createWalkers(options, diagnostics);
      const onDisk = createPathOnDisk(options.base);
      // Only several paths can lead to the same file.
      const seen = options.paths.length > 1 ? new Set<string>() : undefined;
      for (const path of options.paths) {
        if (path === '') {
          diagnostics.gap({ kind: 'missing', message: 'a PATH is empty', hint: 'The current folder is called ".".' });
          continue;
        }
        for await (const files of walkers.expand(onDisk(fileNamedBy(resolve(options.cwd, path))))) {
          for (const file of files) {
            if (seen?.has(file.path) === true) continue;
            seen?.add(file.path);
            const relativePath = relativeTo(options.base, file.path);
            if (!file.explicit && options.isInShard?.(relativePath) === false) continue;
            if (!file.explicit && options.excludes?.(relativePath) === true) diagnostics.skip('excluded');
            else yield toInput(file, options.base);
          }
        }
      }
    },
  };
}

/** How many files of a folder are listed at a time. */
const LISTED = 256;

/**
 * The ways to list the files under a path, which share their knowledge of git. Files come in batches: passing each one through
 * all these generators would cost more than scanning it.
 */
function createWalkers({ base, env, signal, excludes }: FilesOptions, diagnostics: Diagnostics) {
  const uriOf = (path: string): string => showPath(relativeTo(base, path));
  let gitIsUsable: boolean | undefined;
  /** The folder that is listed, and the user's name for it. */
  let given = { folder: '', path: '' };
  const repositories = watchRepositories(
    diagnostics,
    (folder) => relativeTo(base, join(given.path, relative(given.folder, folder))),
    (path) => excludes?.(relativeTo(base, path)) === true,
  );

  async function* expand(path: string): AsyncGenerator<FoundFile[]> {
    const stats = statNamed(path, uriOf(path), diagnostics);
    if (stats === undefined) return;
    if (stats.isDirectory()) yield* expandFolder(path);
    else yield [{ path, explicit: true }];
  }

  /** The real path decides which work tree a folder belongs to; its files keep the given name. */
  async function* expandFolder(path: string): AsyncGenerator<FoundFile[]> {
    const folder = realPath(path);
    given = { folder, path };
    repositories.check(folder, true);
    for await (const files of listFolder(folder)) {
      yield folder === path ? files : files.map((file) => ({ ...file, path: join(path, relative(folder, file.path)) }));
    }
  }

  async function* listFolder(folder: string): AsyncGenerator<FoundFile[]> {
    const root = findWorkTree(folder);
    const byGit = root !== undefined && !isInside(folder, join(root, '.git')) && (await isGitsToList(folder, root));
    if (byGit && folder === root) yield gitFilesWithCredential(root).map((path) => ({ path, explicit: false }));
    yield* byGit ? listByGit(folder, root) : listEverything(folder);
  }

  /** Whether git can list the files below the folder. A reason against it is reported. */
  async function isGitsToList(folder: string, root: string): Promise<boolean> {
    const doubt = (message: string, hint: string): false => {
      diagnostics.gap({ kind: 'git', uri: uriOf(folder), message, hint });
      return false;
    };
    if (typeof encodePath(folder) !== 'string') {
      return doubt('git cannot be started in a folder whose name is not UTF-8', `Rename it. ${EVERYTHING_INSTEAD}`);
    }
    const git = { cwd: folder, env, signal };
    gitIsUsable ??= isSupported(await gitVersion(git));
    if (!gitIsUsable) return false;
    const [found, ignored] = await Promise.all([wayUp(git), folder !== root && ignoresContent(git)]);
    // If `.git` is not a repository, git continues upwards, to one that may ignore all files here; and a repository may name
    // any folder as its work tree. If git fails here, its listing will fail as well, and report why.
    const expected = relative(folder, root).replaceAll(sep, '/');
    if (found !== undefined && found !== (expected === '' ? '' : `${expected}/`)) {
      return doubt('git takes its files for those of another folder', `Repair its .git. ${EVERYTHING_INSTEAD}`);
    }
    return !ignored;
  }

  function isSupported(version: GitVersion | undefined): boolean {
    if (version?.isSupported === true) return true;
    if (signal?.aborted === true) return false;
    const oldest = `${GIT_MINIMUM.major}.${GIT_MINIMUM.minor}`;
    diagnostics.gap({
      kind: 'git',
      message: version === undefined ? 'git was not found, or does not start' : `git ${version.text} is too old`,
      hint: `Install git ${oldest} or newer. All files were scanned instead, ignored ones too.`,
    });
    return false;
  }

  async function* listByGit(folder: string, root: string): AsyncGenerator<FoundFile[]> {
    const git = { cwd: folder, env, signal };
    // The listing runs into the same error and reports it.
    const ignored = listIgnored(git).catch(() => ({ count: 0, folders: new Set<string>() }));
    const met = { folders: new Set<string>(), repositories: new Set<string>() };
    const isBehindLink = createLinkCheck(folder);
    let listed = false;
    try {
      const entriesOf = listWorkTree(
        git,
        (path, why) => reportUnreadable(join(root, path), why),
        () => diagnostics.note(`${uriOf(folder) || '.'}: ${NOTHING_IGNORED}`),
      );
      for await (const entries of entriesOf) {
        listed = true;
        const files: FoundFile[] = [];
        for (const entry of entries) {
          if (entry.tracked && isBehindLink(dirname(entry.path))) diagnostics.skip('absent');
          else if (entry.kind === 'file') {
            met.folders.add(dirname(entry.path));
            put(files, join(folder, entry.path));
          } else {
            met.repositories.add(entry.path);
            yield* listRepository(entry, join(folder, entry.path));
          }
        }
        yield files;
      }
      const { folders } = await ignored;
      for (const path of await dotGits(git, { ...met, ignored: folders })) yield* listDotGit(join(folder, path));
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (isStop(error)) return;
      const instead = listed ? 'Files that it did not list were not scanned.' : EVERYTHING_INSTEAD;
      const gap = gapFromGit(error, { uri: uriOf(folder), failed: 'git could not list the files' });
      diagnostics.gap({ ...gap, hint: `${gap.hint?.replace(/\.?$/, '.')} ${instead}` });
      if (!listed) yield* listEverything(folder);
    }
    diagnostics.skip('ignored', (await ignored).count);
  }

  /** Something called `.git`: a repository inside this one, which is counted, or an ordinary file or folder. */
  async function* listDotGit(path: string): AsyncGenerator<FoundFile[]> {
    if (isLink(path)) yield [{ path, explicit: false, as: 'link' }];
    else if (isGitDirectory(path)) passGitDirectory(path);
    else if (namesIn(path) === 'no folder') yield [{ path, explicit: false }];
    else yield* listEverything(path);
  }

  /** A repository inside another, or its replacement in the work tree. */
  async function* listRepository({ tracked }: ListedEntry, path: string): AsyncGenerator<FoundFile[]> {
    const names = isLink(path) ? 'no folder' : namesIn(path);
    if (names === 'no folder') yield [{ path, explicit: false }];
    else if (names.includes('.git')) {
      let isEmpty = true;
      for await (const files of listFolder(path)) {
        isEmpty &&= files.length === 0;
        yield files;
      }
      // No file in it contains its name.
      if (isEmpty) yield [{ path, explicit: false, as: 'empty' }];
    } else if (names.length === 0) yield [{ path, explicit: false, as: tracked ? 'submodule' : 'empty' }];
    else yield* listEverything(path);
  }

  function namesIn(folder: string): readonly string[] | 'no folder' {
    try {
      return readdirSync(encodePath(folder));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') return 'no folder';
      // Listing it runs into the same error, and reports it.
      return code === 'ENOENT' ? [] : ['?'];
    }
  }

  async function* listEverything(folder: string): AsyncGenerator<FoundFile[]> {
    const empty: FoundFile[] = [];
    const ofGit: FoundFile[] = [];
    const entries = walk(folder, {
      exclude: '.git',
      onExcluded(path) {
        passGitDirectory(path);
        if (isGitDirectory(path))
          for (const file of gitFilesWithCredential(dirname(path))) ofGit.push({ path: file, explicit: false });
      },
      onFolder: (path, found) => {
        if (found.some(({ name }) => name === 'HEAD')) repositories.check(path);
        if (found.length === 0) empty.push({ path, explicit: false, as: 'empty' });
      },
      onUnreadable: (path, { code }) =>
        reportUnreadable(path, code === 'EACCES' ? 'permission denied' : (code ?? 'unknown error')),
    });
    let files: FoundFile[] = [];
    for await (const { path, kind } of entries) {
      if (kind === 'file') put(files, join(folder, path));
      else files.push({ path: join(folder, path), explicit: false, as: kind === 'symlink' ? 'link' : kind });
      if (files.length === LISTED) {
        yield files;
        files = [];
      }
    }
    yield files;
    yield empty;
    yield ofGit;
  }

  function put(files: FoundFile[], path: string): void {
    // It sorts before the other folders.
    if (path.endsWith(`${sep}HEAD`)) repositories.check(dirname(path));
    if (!repositories.isObjects(path)) files.push({ path, explicit: false });
  }

  /** The `.git` of a work tree is skipped; without a work tree around it, it is a repository like a bare one. */
  function passGitDirectory(path: string): void {
    if (isGitDirectory(path) && namesIn(dirname(path)).length === 1) repositories.check(path);
    else diagnostics.skip('git-directory');
  }

  function reportUnreadable(folder: string, why: string): void {
    diagnostics.gap({
      kind: 'listing',
      uri: uriOf(folder),
      message: `cannot list the folder: ${why.toLowerCase()}`,
      hint: 'Run as a user who may read it, or leave it out.',
    });
  }

  return { expand };
}

const NOTHING_IGNORED =
  'a .gitignore is not in this partial clone, so ignored files were scanned too (git fetch --refetch --no-filter fetches it)';

const EVERYTHING_INSTEAD = 'All files were scanned instead, ignored ones too.';

/** Repositories among the scanned files: their objects are compressed, so a search of the files finds nothing in them. */

import { dirname, join, relative, sep } from 'node:path';
import { isGitDirectory, isObjectFile } from '../git/git-directory.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Gap } from '../model/gap.ts';
import type { Diagnostics } from '../model/source.ts';

/** The gap for one. */
const UNSCANNED = {
  kind: 'git',
  message: 'it is a git repository: the objects in it are compressed, and were not scanned',
  hint: 'Run: glaive history PATH (or exclude it in .glaiveignore).',
} as const satisfies Gap;

export interface RepositoryWatch {
  /** Reports a folder if it is a repository, once each. @param isNamed whether the user named it */
  check(folder: string, isNamed?: boolean): void;
  /** Whether a file contains objects of a repository that was reported. */
  isObjects(path: string): boolean;
}

/**
 * @param nameOf the name of a folder in messages
 * @param excludes whether a file that the user did not name is excluded; receives its absolute path
 */
export function watchRepositories(
  diagnostics: Diagnostics,
  nameOf: (folder: string) => string,
  excludes: (path: string) => boolean,
): RepositoryWatch {
  const met = new Set<string>();
  return {
    check(folder, isNamed = false) {
      if (met.has(folder) || !isGitDirectory(folder)) return;
      met.add(folder);
      if (!isNamed && excludes(join(folder, 'HEAD'))) diagnostics.skip('excluded');
      else diagnostics.gap({ ...UNSCANNED, uri: showPath(nameOf(folder)) });
    },
    isObjects(path) {
      if (met.size === 0 || !path.includes('objects')) return false;
      // Objects are two folders deep, or in `objects/pack`.
      const folder = dirname(dirname(dirname(path)));
      return met.has(folder) && isObjectFile(relative(folder, path).replaceAll(sep, '/'));
    },
  };
}

/** Repositories that lie among files: their objects are compressed, so nothing that is searched as it stands finds a thing in them. */

import { dirname, join, relative, sep } from 'node:path';
import { isGitDirectory, isObjectFile } from '../git/git-directory.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Gap } from '../model/gap.ts';
import type { Diagnostics } from '../model/source.ts';

/** What is said of one. */
const UNSCANNED = {
  kind: 'git',
  message: 'it is a git repository: the objects in it are compressed, and were not scanned',
  hint: 'Run: glaive history PATH (or exclude it in .glaiveignore).',
} as const satisfies Gap;

export interface RepositoryWatch {
  /** Leaves word of a folder when it is a repository; once of each. @param isNamed whether the user named it */
  meet(folder: string, isNamed?: boolean): void;
  /** Whether a file holds objects of a repository that was met: that they were not scanned is said already. */
  isObjects(path: string): boolean;
}

/**
 * @param nameOf how messages call a folder
 * @param excludes whether a file that nobody named is passed over; gets its absolute path
 */
export function watchRepositories(
  trouble: Diagnostics,
  nameOf: (folder: string) => string,
  excludes: (path: string) => boolean,
): RepositoryWatch {
  const met = new Set<string>();
  return {
    meet(folder, isNamed = false) {
      if (met.has(folder) || !isGitDirectory(folder)) return;
      met.add(folder);
      if (!isNamed && excludes(join(folder, 'HEAD'))) trouble.skip('excluded');
      else trouble.gap({ ...UNSCANNED, uri: showPath(nameOf(folder)) });
    },
    isObjects(path) {
      if (met.size === 0 || !path.includes('objects')) return false;
      // Objects lie two folders deep, or in `objects/pack`.
      const folder = dirname(dirname(dirname(path)));
      return met.has(folder) && isObjectFile(relative(folder, path).replaceAll(sep, '/'));
    },
  };
}

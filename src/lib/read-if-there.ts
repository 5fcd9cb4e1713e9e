/** Files that may well not be there. */

import { readFileSync, statSync } from 'node:fs';

/**
 * The text of a file; undefined where there is none. Asking first is cheaper than an exception, and most are not there.
 *
 * @throws the file system's error when it is there and cannot be read
 */
export function readIfThere(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

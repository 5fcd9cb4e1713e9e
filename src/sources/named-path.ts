/** A path that the user names: it must be there, and be a file or a folder. */

import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import type { Gap } from '../model/gap.ts';
import type { Trouble } from '../model/source.ts';

/** What the path leads to, symbolic links followed; undefined, and a gap, when that is nothing that can be read. */
export function statNamed(path: string, uri: string, trouble: Trouble): Stats | undefined {
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

/** Whether a symbolic link stands there. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(encodePath(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The folder that a path leads to, without any symbolic link on the way. */
export function realFolder(path: string): string {
  return decodePath(realpathSync.native(encodePath(path), 'buffer'));
}

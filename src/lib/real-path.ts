/** Paths without symbolic links. */

import { realpathSync } from 'node:fs';
import { decodePath, encodePath } from './path-bytes.ts';

/** The real path of a file or folder, whatever bytes its name has. @throws the file system's error */
export function realPath(path: string): string {
  return decodePath(realpathSync.native(encodePath(path), 'buffer'));
}

/** The path of a file in a folder. */

import path from 'node:path';

/** As `join` of two names. `join` reads each character: V8 would compile that in the hook of every commit. */
export function fileIn(folder: string, name: string, sep: string = path.sep): string {
  return folder.endsWith(sep) ? `${folder}${name}` : `${folder}${sep}${name}`;
}

/** Whether one place is in another. */

import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is a folder, or lies in it. Both are absolute; links are not followed. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

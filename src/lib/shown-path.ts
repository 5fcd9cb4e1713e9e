/** Paths in messages. */

import path, { type PlatformPath } from 'node:path';

/** Relative to the current folder, with slashes: a command that a message names is copied into any shell. */
export function shownPath(
  cwd: string,
  file: string,
  { relative, sep }: Pick<PlatformPath, 'relative' | 'sep'> = path,
): string {
  const shown = relative(cwd, file) || file;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}

/** The work tree around a folder, found without starting git. */

import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileIn } from '../lib/file-in.ts';
import { encodePath } from '../lib/path-bytes.ts';
import { isGitDirectory } from './git-directory.ts';

/**
 * The root of the work tree around `folder`: the nearest folder at or above it that has a `.git`. A bare repository has no work
 * tree.
 */
export function findWorkTree(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(encodePath(fileIn(at, '.git')))) return at;
    if (dirname(at) === at || (basename(at) !== '.git' && isGitDirectory(at))) return undefined;
  }
}

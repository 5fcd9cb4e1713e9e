/** The commit that a release is built from. */

import { execFileSync } from 'node:child_process';

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

export const commitOf = (root: string): string => git(root, 'rev-parse', 'HEAD');

/** Whether files that git knows differ from the commit. */
export const isChanged = (root: string): boolean => git(root, 'status', '--porcelain', '--untracked-files=no') !== '';

/** Whether the commit has the tag of a version. */
export const isTagged = (root: string, version: string): boolean =>
  git(root, 'tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`);

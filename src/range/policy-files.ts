/** The files of the policy (configuration, baseline, rules) as they are in commits. */

import { relative, sep } from 'node:path';
import { BASELINE_MAX } from '../config/baseline-file.ts';
import { type ReadText, repositoryFile } from '../config/load.ts';
import { textAt } from '../git/file-at.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import { isInside } from '../lib/inside.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import type { ResolvedRange } from './resolve.ts';

/**
 * The files of the policy as they were before a range, in each commit that it starts from. The change cannot have introduced a
 * file outside the repository, nor one that the user named and that is on neither side of the range: these are read as they are
 * now. Any other file that the commit lacks did not exist before.
 */
export function filesBefore(
  { tips, exclude, fetchHint }: ResolvedRange,
  root: string,
  named: readonly string[],
  options: GitOptions,
): ReadText[] {
  const [tip] = tips;
  const now = repositoryFile(root, { max: BASELINE_MAX });
  const textIn = async (commit: string, path: string): Promise<string | undefined> => {
    try {
      return await textAt(commit, path, options);
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
      throw new GitError('partial', `${path}, a file of the policy, is not in this partial clone`, {
        hint: fetchHint,
        cause: error,
      });
    }
  };
  return (exclude.length === 0 ? [undefined] : exclude).map((base) => async (path) => {
    const inside = insideOf(root, path);
    if (tip === undefined || inside === undefined) return readOptionalFile(path, { max: BASELINE_MAX });
    const before = base === undefined ? undefined : await textIn(base, inside);
    if (before !== undefined || !named.includes(path)) return before;
    return (await textIn(tip.object, inside)) === undefined ? now(path) : undefined;
  });
}

/** The files of the policy as they are in one commit. */
export function filesCommitted(root: string, options: GitOptions, commit = 'HEAD'): ReadText {
  return async (path) => {
    const inside = insideOf(root, path);
    return inside === undefined ? undefined : await textAt(commit, inside, options);
  };
}

/** The path in the repository, as git has it; undefined outside. */
function insideOf(root: string, path: string): string | undefined {
  return isInside(path, root) ? relative(root, path).replaceAll(sep, '/') : undefined;
}

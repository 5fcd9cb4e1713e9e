/** Files that have a say in what counts, as commits of a range have them. */

import { relative, sep } from 'node:path';
import { BASELINE_MAX } from '../config/baseline-file.ts';
import { type ReadText, repositoryFile } from '../config/load.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import { textAt } from '../git/text-at.ts';
import { isInside } from '../lib/inside.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import type { ResolvedRange } from './resolve.ts';

/**
 * Configuration, baseline, rule files and the like as they were before a range, in each of the places that it starts from. What
 * is outside of the repository is none of the change's. Neither is a file that whoever runs glaive has named, where no side of
 * the range has it. Any other file that is there and in no commit was not there before.
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
      throw new GitError('partial', `${path}, which has a say in what counts, is not in this partial clone`, {
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

/** The same in the commit that is checked out, or in another. */
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

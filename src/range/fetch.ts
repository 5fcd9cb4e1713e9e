/** Fetches the commits that a range needs, for `--fetch`. */

import { explainGitError } from '../git/git-error.ts';
import { commitOf, fetchUntil, haveCommon } from '../git/resolve.ts';
import { GitError, type GitOptions, isStop } from '../git/spawn.ts';
import type { Gap } from '../model/gap.ts';
import type { Base, RangePlan } from './ci-range.ts';
import { isId } from './plan.ts';

/**
 * Fetches the branches to compare with as they are on the server now: a clone that a runner reuses has them as they were at its
 * last fetch. In a shallow clone it fetches until they share a commit with the tip.
 *
 * @returns whether all of them are up to date
 */
export async function refreshBranches({ tip, bases, also = [] }: RangePlan, options: GitOptions): Promise<boolean> {
  const refs = new Map([...bases, ...also].flatMap((base) => refspecOf(base).map((spec) => [spec, base.revision])));
  let areNew = true;
  for (const [refspec, revision] of refs) {
    const meets = async (): Promise<boolean> => {
      const [branch, end] = [await commitOf(revision, options), await commitOf(tip, options)];
      return branch !== undefined && (end === undefined || (await haveCommon(branch, end, options)));
    };
    try {
      const end = await commitOf(tip, options);
      await fetchUntil([refspec], [refspec, ...(end === undefined ? [] : [end])], meets, options);
    } catch (error) {
      if (!(error instanceof GitError) || isStop(error)) throw error;
      areNew = false;
    }
  }
  return areNew;
}

/** Fetches tip and bases until the range is complete. @returns a gap where the remote does not give them */
export async function fetchPlan(
  { tip, bases }: RangePlan,
  isEnough: () => Promise<boolean>,
  deepenHint: string,
  options: GitOptions,
): Promise<Gap | undefined> {
  const tipId = await commitOf(tip, options);
  // A branch that was not cloned is fetched by its name on the remote.
  const branchOfTip = tipId === undefined ? refspecOf({ revision: tip, chosen: 'as named' }) : [];
  const wanted = [
    ...bases.flatMap((base) => (isId(base.revision) ? [base.revision] : refspecOf(base))),
    ...branchOfTip,
  ];
  const tips = branchOfTip.length > 0 ? branchOfTip : [tipId ?? tip];
  try {
    // A base that was force-pushed away must not keep the others from being fetched.
    let problem: GitError | undefined;
    for (const ref of wanted.length === 0 ? [undefined] : wanted) {
      const alone = ref === undefined ? [] : [ref];
      const all = [...alone, ...tips];
      try {
        if (await fetchUntil(alone, all, isEnough, options)) return undefined;
      } catch (error) {
        if (!(error instanceof GitError) || isStop(error)) throw error;
        problem = error;
      }
    }
    if (problem === undefined || (await isEnough())) return undefined;
    throw problem;
  } catch (error) {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    return { kind: 'history', ...explainGitError(error, 'git could not fetch the missing commits', deepenHint) };
  }
}

/** The refspec of a branch of the remote, such as `origin/main`; other names are local, and have none. */
function refspecOf({ revision, branch: given }: Base): string[] {
  const [, branch = given] = /^(?:refs\/remotes\/)?origin\/([^~^:@{]+)$/.exec(revision) ?? [];
  return branch === undefined ? [] : [`+refs/heads/${branch}:refs/remotes/origin/${branch}`];
}

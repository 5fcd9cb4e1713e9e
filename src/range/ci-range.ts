/**
 * The commits that a CI job runs for, from the variables of the CI system. Nothing is guessed: if the variables do not name a
 * commit to compare with, that is an error.
 *
 * GitLab: doc/ci/variables/predefined_variables.md. GitHub: "Events that trigger workflows", the event's payload.
 */

import { GlaiveError } from '../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The range in names, which git may not know. */
export interface RangePlan {
  /** Names the range for people. */
  readonly why: string;
  readonly tip: string;
  /** The full name of the ref that is pushed or merged. */
  readonly ref?: string;
  /** The commits to compare with: the first that git knows is used. Empty: no commit is excluded, all are new. */
  readonly bases: readonly Base[];
  /** Commits of this one are left out as well, if git knows it. */
  readonly also?: readonly Base[];
}

export interface Base {
  readonly revision: string;
  /** The branch of the remote; absent for an id or a name that the user gave. */
  readonly branch?: string;
  /** Explains to people why this one is compared with. */
  readonly chosen: string;
}

/** The range of the running pipeline; undefined outside of the supported CI systems. */
export function rangeOfPipeline(env: Environment, readEvent: (path: string) => unknown): RangePlan | undefined {
  if (env['GITLAB_CI'] !== undefined) return ofGitlab(env);
  if (env['GITHUB_ACTIONS'] !== undefined && env['GITHUB_EVENT_PATH'] !== undefined)
    return ofGithub(env, readEvent(env['GITHUB_EVENT_PATH']));
  return undefined;
}

/** GitLab and GitHub send zeros for "no commit". */
function idUnlessZero(id: string | undefined): string | undefined {
  return id === undefined || /^0*$/.test(id) ? undefined : id;
}

function ofGitlab(env: Environment): RangePlan {
  const commit = required(env, 'CI_COMMIT_SHA');
  const defaultBranch = env['CI_DEFAULT_BRANCH'];
  const mergeRequest = env['CI_MERGE_REQUEST_IID'];
  if (mergeRequest !== undefined) {
    const base = idUnlessZero(env['CI_MERGE_REQUEST_DIFF_BASE_SHA']);
    const target = env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];
    const branch = env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'];
    const targetSha = idUnlessZero(env['CI_MERGE_REQUEST_TARGET_BRANCH_SHA']);
    return {
      why: `merge request !${mergeRequest}`,
      // In pipelines for merged results and merge trains the commit is a merge that GitLab has made.
      tip: idUnlessZero(env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA']) ?? commit,
      ...(branch === undefined ? {} : { ref: `refs/heads/${branch}` }),
      bases:
        base === undefined
          ? branchBase(target, 'the target branch')
          : [{ revision: base, chosen: 'where the merge request starts (CI_MERGE_REQUEST_DIFF_BASE_SHA)' }],
      ...(targetSha === undefined
        ? {}
        : { also: [{ revision: targetSha, chosen: 'the target branch (CI_MERGE_REQUEST_TARGET_BRANCH_SHA)' }] }),
    };
  }
  const tag = env['CI_COMMIT_TAG'];
  if (tag !== undefined)
    return {
      why: `tag ${tag}`,
      tip: commit,
      ref: `refs/tags/${tag}`,
      bases: branchBase(defaultBranch, DEFAULT_BRANCH),
    };

  const branch = env['CI_COMMIT_BRANCH'] ?? env['CI_COMMIT_REF_NAME'];
  return ofPush({
    why: `push to ${branch ?? 'a branch'}`,
    commit,
    branch,
    before: idUnlessZero(env['CI_COMMIT_BEFORE_SHA']),
    defaultBranch,
    isPush: env['CI_PIPELINE_SOURCE'] === 'push',
    source: env['CI_PIPELINE_SOURCE'] ?? 'something else',
  });
}

interface Push {
  readonly why: string;
  readonly commit: string;
  readonly branch: string | undefined;
  readonly before: string | undefined;
  readonly defaultBranch: string | undefined;
  readonly isPush: boolean;
  readonly source: string;
}

function ofPush({ why, commit, branch, before, defaultBranch, isPush, source }: Push): RangePlan {
  const ref = branch === undefined ? {} : { ref: `refs/heads/${branch}` };
  const isDefault = branch !== undefined && branch === defaultBranch;
  if (before !== undefined) {
    // The commit before a force push may be gone: then everything that the branch adds counts.
    const fallback = isDefault
      ? []
      : branchBase(defaultBranch, `${DEFAULT_BRANCH}: the commit before the force push is gone`);
    // Commits merged from the default branch are there already.
    const also = isDefault ? [] : branchBase(defaultBranch, DEFAULT_BRANCH);
    const replaced = { revision: before, chosen: 'where the branch was before the push' };
    return { why, tip: commit, ...ref, bases: [replaced, ...fallback], also };
  }
  if (!isDefault) {
    return { why, tip: commit, ...ref, bases: branchBase(defaultBranch, `${DEFAULT_BRANCH}: the branch is new`) };
  }
  if (isPush) return { why: `first push to ${branch}`, tip: commit, ...ref, bases: [] };
  throw new GlaiveError(
    'usage',
    `diff: a pipeline started by ${source} on ${branch} does not name a commit to compare with`,
    {
      hint: 'Name a RANGE, or scan the whole tree: glaive scan',
    },
  );
}

const DEFAULT_BRANCH = 'the default branch';

function branchBase(branch: string | undefined, chosen: string): Base[] {
  if (branch === undefined || branch === '')
    throw new GlaiveError('usage', 'diff: the variables of this pipeline name no branch to compare with', {
      hint: 'Set CI_DEFAULT_BRANCH, or name a RANGE: glaive diff origin/main..HEAD',
    });
  return [{ revision: `refs/remotes/origin/${branch}`, branch, chosen }];
}

function ofGithub(env: Environment, event: unknown): RangePlan {
  const at = (...path: string[]): string | undefined => {
    let value = event;
    for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const commit = at('pull_request', 'head', 'sha') ?? required(env, 'GITHUB_SHA');
  const defaultBranch = at('repository', 'default_branch');
  const name = env['GITHUB_EVENT_NAME'] ?? '';
  const baseOfPull = at('pull_request', 'base', 'sha') ?? at('merge_group', 'base_sha');
  if (baseOfPull !== undefined) {
    const branch = at('pull_request', 'head', 'ref');
    return {
      why: name === 'merge_group' ? 'merge group' : 'pull request',
      tip: at('merge_group', 'head_sha') ?? commit,
      ...(branch === undefined ? {} : { ref: `refs/heads/${branch}` }),
      bases: [{ revision: baseOfPull, chosen: 'where the pull request starts (base.sha of the event)' }],
    };
  }
  const ref = env['GITHUB_REF'] ?? '';
  if (ref.startsWith('refs/tags/'))
    return { why: ref, tip: commit, ref, bases: branchBase(defaultBranch, DEFAULT_BRANCH) };
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return ofPush({
    why: `push to ${branch ?? 'a branch'}`,
    commit: idUnlessZero(at('after')) ?? commit,
    branch,
    before: idUnlessZero(at('before')),
    defaultBranch,
    isPush: name === 'push',
    source: name,
  });
}

function required(env: Environment, name: string): string {
  const value = idUnlessZero(env[name]);
  if (value !== undefined) return value;
  throw new GlaiveError('usage', `diff: this looks like a CI job, but ${name} is not set`, {
    hint: 'Name a RANGE: glaive diff origin/main..HEAD',
  });
}

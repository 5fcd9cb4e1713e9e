/**
 * Which commits a pipeline is about, from the variables that CI systems set. Nothing is guessed: where the variables do not
 * say what there is to compare with, that is the answer.
 *
 * GitLab: doc/ci/variables/predefined_variables.md. GitHub: "Events that trigger workflows", the event's payload.
 */

import { GlaiveError } from '../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What to look at, in names that git may know or not. */
export interface RangePlan {
  /** For people: whose range it is. */
  readonly why: string;
  readonly tip: string;
  /** The full name of the ref that is brought. */
  readonly ref?: string;
  /** What was there before: the first that git knows counts. Empty: nothing was, all commits are new. */
  readonly bases: readonly Base[];
  /** What is on it is left out as well, where git knows it. */
  readonly also?: readonly Base[];
}

export interface Base {
  readonly revision: string;
  /** The branch of the remote that it is; absent: it is an id, or a name that somebody gave. */
  readonly branch?: string;
  /** For people: why it is the one to compare with. */
  readonly chosen: string;
}

/** The range of the pipeline that runs here; undefined outside of those that are known. */
export function rangeOfPipeline(env: Environment, readEvent: (path: string) => unknown): RangePlan | undefined {
  if (env['GITLAB_CI'] !== undefined) return ofGitlab(env);
  if (env['GITHUB_ACTIONS'] !== undefined && env['GITHUB_EVENT_PATH'] !== undefined)
    return ofGithub(env, readEvent(env['GITHUB_EVENT_PATH']));
  return undefined;
}

/** Zeros stand for nothing; those of SHA-256 are 64. */
function known(id: string | undefined): string | undefined {
  return id === undefined || /^0*$/.test(id) ? undefined : id;
}

function ofGitlab(env: Environment): RangePlan {
  const commit = required(env, 'CI_COMMIT_SHA');
  const defaultBranch = env['CI_DEFAULT_BRANCH'];
  const mergeRequest = env['CI_MERGE_REQUEST_IID'];
  if (mergeRequest !== undefined) {
    const base = known(env['CI_MERGE_REQUEST_DIFF_BASE_SHA']);
    const target = env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];
    const branch = env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'];
    const targetSha = known(env['CI_MERGE_REQUEST_TARGET_BRANCH_SHA']);
    return {
      why: `merge request !${mergeRequest}`,
      // Of merged results and merge trains the commit is a merge that GitLab has made.
      tip: known(env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA']) ?? commit,
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
    before: known(env['CI_COMMIT_BEFORE_SHA']),
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
    // What a force push has replaced may be gone: then everything that the branch adds counts.
    const fallback = isDefault ? [] : branchBase(defaultBranch, `${DEFAULT_BRANCH}: what was pushed over is gone`);
    // What a merge of the default branch brings is there already.
    const also = isDefault ? [] : branchBase(defaultBranch, DEFAULT_BRANCH);
    const replaced = { revision: before, chosen: 'where the branch was before the push' };
    return { why, tip: commit, ...ref, bases: [replaced, ...fallback], also };
  }
  if (!isDefault) {
    return { why, tip: commit, ...ref, bases: branchBase(defaultBranch, `${DEFAULT_BRANCH}: the branch is new`) };
  }
  if (isPush) return { why: `first push to ${branch}`, tip: commit, ...ref, bases: [] };
  throw new GlaiveError('usage', `diff: a pipeline started by ${source} on ${branch} says of no change what it adds`, {
    hint: 'Name a RANGE; or look at the whole tree with glaive scan.',
  });
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
      bases: [{ revision: baseOfPull, chosen: 'where the pull request starts, as the event says' }],
    };
  }
  const ref = env['GITHUB_REF'] ?? '';
  if (ref.startsWith('refs/tags/'))
    return { why: ref, tip: commit, ref, bases: branchBase(defaultBranch, DEFAULT_BRANCH) };
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return ofPush({
    why: `push to ${branch ?? 'a branch'}`,
    commit: known(at('after')) ?? commit,
    branch,
    before: known(at('before')),
    defaultBranch,
    isPush: name === 'push',
    source: name,
  });
}

function required(env: Environment, name: string): string {
  const value = known(env[name]);
  if (value !== undefined) return value;
  throw new GlaiveError('usage', `diff: this looks like a CI job, but ${name} is not set`, {
    hint: 'Name a RANGE: glaive diff origin/main..HEAD',
  });
}

/** Resolves names to commits, and fetches missing commits. */

import { readOptionalFile } from '../lib/optional-file.ts';
import { resolve as resolvePath } from 'node:path';
import { type Commit, listCommits, type CommitRange } from './commits.ts';
import { createObjectReader, wholeObject } from './objects.ts';
import { isStop } from './git-error.ts';
import { fetchFrom } from './remote.ts';
import { exactRevision } from './revision.ts';
import { allLines, gitLine, gitText, GitError, type GitOptions } from './spawn.ts';

export interface ResolveOptions extends GitOptions {
  /** Receives warnings of git, such as for a reflog that is too short. */
  readonly onWarning?: (text: string) => void;
}

/** The commit that a revision names; undefined if git does not know it. */
export async function commitOf(revision: string, options: ResolveOptions): Promise<string | undefined> {
  return await objectOf(`${revision}^{commit}`, options);
}

/**
 * The object that a revision names, a tag as itself; undefined if git does not know it.
 *
 * @throws GitError without git
 * @throws GlaiveError (`usage`) for an ambiguous name
 */
export async function objectOf(revision: string, options: ResolveOptions): Promise<string | undefined> {
  if (revision.includes('\n')) return undefined;
  const exact = await exactRevision(revision, options);
  if (exact === undefined) return undefined;
  // A name may be a secret, and arguments are public.
  const withInput = { ...options, input: `${exact}\n` };
  const forwardWarning = (line: Buffer): void => {
    const [, text] = /^warning: (.*)$/s.exec(line.toString('utf8')) ?? [];
    if (text !== undefined && !text.startsWith('lazy fetching')) options.onWarning?.(text);
  };
  const reply = await gitText(['cat-file', '--batch-check'], withInput, forwardWarning).catch((error: unknown) => {
    // Git fails on some names, such as that of a missing upstream.
    if (error instanceof GitError && error.reason === 'failed' && error.hint === undefined) return '';
    throw error;
  });
  return /^([0-9a-f]{40,64}) [a-z]+ \d+\n$/.exec(reply)?.[1];
}

/** Whether `ancestor` is in the history of `commit`. */
export async function isAncestor(ancestor: string, commit: string, options: GitOptions): Promise<boolean> {
  const common = await gitText(['merge-base', ancestor, commit], options).catch((error: unknown) => {
    if (isStop(error)) throw error;
    return '';
  });
  return common.trim() === ancestor;
}

/** Those commits that are in the history of no other; all of them if git cannot decide. @throws GitError */
export async function newestOf(commits: readonly string[], options: GitOptions): Promise<readonly string[]> {
  const newest = await allLines(['merge-base', '--independent', ...commits], options).catch((error: unknown) => {
    if (isStop(error)) throw error;
    return [];
  });
  return newest.length === 0 ? commits : newest;
}

/** Whether two commits have a common ancestor in this clone. */
export async function haveCommon(one: string, other: string, options: GitOptions): Promise<boolean> {
  return (await gitText(['merge-base', one, other], options).catch(() => '')).trim() !== '';
}

/** The commits at which a shallow clone ends; none in a complete clone. */
export async function shallowCommits(options: GitOptions): Promise<ReadonlySet<string>> {
  const path = await gitLine(['rev-parse', '--git-path', 'shallow'], options);
  return new Set((readOptionalFile(resolvePath(options.cwd, path)) ?? '').split('\n').filter((line) => line !== ''));
}

/**
 * Those of them that have parents which the clone lacks. If the depth is exactly the length of the history, git also lists the
 * first commit.
 *
 * @throws GitError
 */
export async function shallowEnds(options: GitOptions): Promise<string[]> {
  const listed = [...(await shallowCommits(options))].toSorted();
  if (listed.length === 0) return [];
  const objects = createObjectReader(options);
  try {
    const ends: string[] = [];
    for (const id of listed) {
      const object = await objects.read(id);
      // A listed commit that is missing is left over from an earlier fetch.
      const bytes = object === undefined ? undefined : await wholeObject(object, HEADER_MAX);
      if (object !== undefined && (bytes === undefined || hasParents(bytes))) ends.push(id);
    }
    return ends;
  } finally {
    objects.close();
  }
}

/** A longer commit counts as one with parents. */
const HEADER_MAX = 1024 * 1024;

/** Whether the text of a commit names parents, even if git ignores them. */
export function hasParents(commit: Buffer): boolean {
  const end = commit.indexOf('\n\n');
  return /^parent /m.test(commit.toString('latin1', 0, end < 0 ? commit.length : end));
}

/** Whether the clone ends within a range. @throws GitError */
export async function isCut(range: CommitRange, options: GitOptions): Promise<boolean> {
  const shallow = await shallowCommits(options);
  if (shallow.size === 0) return false;
  const commits: Commit[] = await listCommits(range, options);
  return commits.some(({ id }) => shallow.has(id));
}

/** Depths to try, each a fetch; the last one is everything. */
const DEPTHS = [50, 500, 2_147_483_647] as const;

/**
 * Fetches until `isEnough`: first only the wanted objects, then deeper and deeper. Git connects to the remote as its
 * configuration says.
 *
 * @param wanted object ids and refspecs
 * @throws GitError
 */
export async function fetchUntil(
  wanted: readonly string[],
  all: readonly string[],
  isEnough: () => Promise<boolean>,
  options: GitOptions,
): Promise<boolean> {
  const fetchDepth = async (depth: number | undefined, refs: readonly string[]): Promise<void> => {
    const deep = depth === undefined ? [] : [`--depth=${depth}`];
    await fetchFrom({ remote: 'origin', flags: ['--no-tags', ...deep], wanted: refs }, options);
  };
  const isShallow = async (): Promise<boolean> => (await shallowCommits(options)).size > 0;
  if (!(await isShallow())) {
    await fetchDepth(undefined, wanted);
    return await isEnough();
  }
  let failure: GitError | undefined;
  for (const [depth, refs] of [[1, wanted] as const, ...DEPTHS.map((deep) => [deep, all] as const)]) {
    if (refs.length === 0) continue;
    try {
      await fetchDepth(depth, refs);
      failure = undefined;
    } catch (error) {
      if (!(error instanceof GitError) || isStop(error)) throw error;
      failure = error;
    }
    if (await isEnough()) return true;
    if (!(await isShallow())) break;
  }
  if (failure !== undefined) throw failure;
  return false;
}

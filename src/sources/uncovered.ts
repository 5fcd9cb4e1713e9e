/**
 * Files that a change uncovers: an exclusion covered them before it, and none covers them now. They were never scanned, and nothing
 * else of them need change, so they are scanned whole in the change that drops the exclusion.
 */

import { entriesOfTree } from '../git/commits.ts';
import { absentOf, fetchObjects, promisorOf } from '../git/partial.ts';
import { newestOf } from '../git/resolve.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import type { ExcludedAt } from '../model/source.ts';

export interface Uncovered {
  readonly path: string;
  readonly blob: string;
  /** What is at the path in those parents that did scan it. */
  readonly before: readonly string[];
  /** Whether a partial clone lacks it. */
  readonly isAbsent: boolean;
}

/** Of more commits those are asked what they exclude that no other has in its history: what was dropped there was dropped before. */
const PARENTS_MANY = 20;

type Files = AsyncIterable<{ readonly path: string; readonly blob: string | undefined }>;

/**
 * @param after what the change leads to: a commit, or the index (an empty name)
 * @param files lists the files of that; asked for only where a parent excludes something else
 * @param parents commits that the change starts from
 * @throws GitError
 */
export async function uncoveredFiles(
  after: string,
  files: () => Files,
  parents: readonly string[],
  { excludes, excludedAt }: { readonly excludes: (path: string) => boolean; readonly excludedAt: ExcludedAt },
  options: GitOptions,
): Promise<Uncovered[]> {
  const befores: { readonly commit: string; readonly covers: (path: string) => boolean }[] = [];
  let isSame = true;
  for (const commit of parents.length > PARENTS_MANY ? await newestOf(parents, options) : parents) {
    const covers = await excludedAt(commit);
    if (covers !== undefined) isSame = false;
    befores.push({ commit, covers: covers ?? excludes });
  }
  if (isSame) return [];
  // What is on the disk may be of another branch.
  const covered = (await excludedAt(after)) ?? excludes;
  const found: Omit<Uncovered, 'isAbsent'>[] = [];
  const versionAt = createVersions(options);
  for await (const { path, blob } of files()) {
    if (blob === undefined || excludes(path) || covered(path) || !befores.some(({ covers }) => covers(path))) continue;
    const scanned = befores.filter(({ covers }) => !covers(path));
    const versions = await Promise.all(scanned.map(async ({ commit }) => await versionAt(commit, path)));
    const before = [...new Set(versions.filter((id) => id !== undefined))];
    if (!before.includes(blob)) found.push({ path, blob, before });
  }
  const ids = found.flatMap(({ blob, before }) => [blob, ...before]);
  const absent = found.length === 0 ? new Set<string>() : await notHad(ids, options);
  return found.map(({ before, ...file }) => ({
    ...file,
    before: before.filter((id) => !absent.has(id)),
    isAbsent: absent.has(file.blob),
  }));
}

/** Those that a partial clone lacks, and cannot or may not fetch. */
async function notHad(ids: readonly string[], options: GitOptions): Promise<Set<string>> {
  const remote = await promisorOf(options);
  if (remote === undefined) return new Set();
  const absent = await absentOf(ids, options);
  if (absent.size === 0 || options.fetches !== true) return absent;
  try {
    await fetchObjects(absent, remote, options);
  } catch (error) {
    if (!(error instanceof GitError) || error.reason === 'stopped') throw error;
  }
  return await absentOf(absent, options);
}

/** The files of commits, each listed once. */
function createVersions(options: GitOptions): (commit: string, path: string) => Promise<string | undefined> {
  const listed = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const list = async (commit: string): Promise<ReadonlyMap<string, string>> => {
    const files = new Map<string, string>();
    for await (const { path, blob } of entriesOfTree(commit, options)) if (blob !== undefined) files.set(path, blob);
    return files;
  };
  return async (commit, path) => {
    const files = listed.get(commit) ?? list(commit);
    listed.set(commit, files);
    return (await files).get(path);
  };
}

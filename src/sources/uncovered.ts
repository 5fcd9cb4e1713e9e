/**
 * Files that a change uncovers: they were excluded before the change, and are not excluded after it. They were never scanned, and the
 * change need not touch them otherwise, so the change that drops the exclusion is the one to scan them whole.
 */

import { entriesOfTree } from '../git/commits.ts';
import { absentOf, fetchObjects, promisorOf } from '../git/partial.ts';
import { newestOf } from '../git/resolve.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import type { ExcludedAt } from '../model/source.ts';

export interface Uncovered {
  readonly path: string;
  readonly blob: string;
  /** The versions in those parents that did not exclude the path. */
  readonly before: readonly string[];
  /** Whether a partial clone lacks it. */
  readonly isAbsent: boolean;
}

/** With more parents, only those are compared that are in the history of no other: an exclusion dropped earlier was dropped before. */
const PARENTS_MANY = 20;

type Files = AsyncIterable<{ readonly path: string; readonly blob: string | undefined }>;

interface ChangeOfFiles {
  /** The result of the change: a commit, or an empty name for the index. */
  readonly after: string;
  /** Lists the files of the result; called only if a parent excludes other files. */
  readonly files: () => Files;
  /** The commits that the change starts from. */
  readonly parents: readonly string[];
  readonly excludes: (path: string) => boolean;
  readonly excludedAt: ExcludedAt;
}

/** @throws GitError */
export async function uncoveredFiles(
  { after, files, parents, excludes, excludedAt }: ChangeOfFiles,
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
  // The configuration on the disk may belong to another branch.
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
  const absent = found.length === 0 ? new Set<string>() : await missingOf(ids, options);
  return found.map(({ before, ...file }) => ({
    ...file,
    before: before.filter((id) => !absent.has(id)),
    isAbsent: absent.has(file.blob),
  }));
}

/** The objects that a partial clone lacks, and cannot or may not fetch. */
async function missingOf(ids: readonly string[], options: GitOptions): Promise<Set<string>> {
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

/** Finds versions in commits; each commit is listed once. */
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

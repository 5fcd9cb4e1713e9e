/** The versions of staged files in the commits that the next commit will have as parents. Loaded only for a file with a candidate. */

import { GitError } from '../git/spawn.ts';
import { mergeHeads, type StagedEntry, stagedEntries } from './staged-entries.ts';
import type { StagedOptions } from './staged-options.ts';

/** Returns the versions of the parents, except those that were not scanned there. */
export type VersionsBefore = (entry: Pick<StagedEntry, 'path' | 'oldPath' | 'blob' | 'oldBlob'>) => readonly string[];

/** The other side of a merge is in the repository already: what one of the merged commits has is not new. @throws GitError */
export async function versionsBefore(options: StagedOptions): Promise<VersionsBefore> {
  const { previouslyExcluded } = options;
  const heads = await mergeHeads(options);
  const others = await Promise.all(heads.map(async (head) => byPath(await entriesAgainst(head, options))));
  return ({ path, oldPath = path, blob, oldBlob }) => {
    const own = oldBlob === undefined || previouslyExcluded(oldPath, path) ? [] : [oldBlob];
    const theirs = others.flatMap((changed) => {
      const other = changed.get(path);
      if (other === undefined) return blob === undefined || previouslyExcluded(path, path) ? [] : [blob];
      const isCounted = other.oldBlob !== undefined && !previouslyExcluded(other.oldPath ?? path, path);
      return isCounted ? [other.oldBlob] : [];
    });
    return [...new Set([...own, ...theirs])];
  };
}

/** @param commit undefined: HEAD. @throws GitError */
export async function entriesAgainst(commit: string | undefined, options: StagedOptions): Promise<StagedEntry[]> {
  try {
    return await listed(stagedEntries(options, { against: commit }));
  } catch (error) {
    if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
  }
  // To detect similar files, git must read all of them.
  return await listed(stagedEntries(options, { against: commit, renames: 'exact' }));
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export function byPath(entries: readonly StagedEntry[]): Map<string, StagedEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** The difference of the index to a commit, as a list of objects. Loaded only for a commit with a candidate, or one that git cannot show. */

import { resolve } from 'node:path';
import { decodePath } from '../lib/path-bytes.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { isNullId } from '../git/object-id.ts';
import { type GitOptions, gitLine, gitRecords } from '../git/spawn.ts';
import type { FileDiff } from './diff-parser.ts';
import { DIFF } from './staged-diff.ts';

/** A changed file without its text. */
export type StagedEntry = Pick<FileDiff, 'path' | 'oldPath' | 'newPath' | 'blob' | 'oldBlob' | 'mode'> & {
  /** Whether it is in conflict, so that the index has no single version of it. */
  readonly isUnmerged: boolean;
};

export interface EntriesOptions {
  /** A commit; absent: HEAD. */
  readonly against?: string | undefined;
  /** `exact`: only renames without a change, which git detects without the files. */
  readonly renames?: 'exact';
}

const MODE_COMMIT = '160000';

/** The changed files by their objects, for changes that git cannot show as text: it gives up beyond 1 GB. @throws GitError */
export async function* stagedEntries(
  options: GitOptions,
  { against, renames }: EntriesOptions = {},
): AsyncGenerator<StagedEntry> {
  const how = ['--raw', '-z', '--no-abbrev', ...(renames === 'exact' ? ['--find-renames=100%'] : [])];
  const records = gitRecords([...DIFF, ...how, ...(against === undefined ? [] : [against]), '--'], options);
  for await (const record of records) {
    // :<old mode> <mode> <old object> <object> <status>, then one path, or two after a rename or copy.
    const [, oldMode, mode, old, object, status] =
      /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(record.toString('latin1')) ?? [];
    const isMove = status === 'R' || status === 'C';
    const from = isMove ? (await records.next()).value : undefined;
    const { value: path } = await records.next();
    if (path === undefined || mode === MODE_COMMIT) continue;
    yield {
      path: decodePath(path),
      ...(from === undefined ? {} : { oldPath: decodePath(from) }),
      newPath: isMove || status === 'A',
      blob: unlessNull(object),
      oldBlob: oldMode === MODE_COMMIT ? undefined : unlessNull(old),
      mode,
      isUnmerged: status === 'U',
    };
  }
}

/** The commits that a merge in progress merges; none outside a merge. @throws GitError */
export async function mergeHeads(options: GitOptions): Promise<string[]> {
  const path = await gitLine(['rev-parse', '--git-path', 'MERGE_HEAD'], options);
  const text = readOptionalFile(resolve(options.cwd, path)) ?? '';
  return text.split('\n').filter((line) => /^[0-9a-f]{40,64}$/.test(line));
}

function unlessNull(object: string | undefined): string | undefined {
  return object === undefined || isNullId(object) ? undefined : object;
}

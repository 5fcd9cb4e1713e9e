/**
 * The difference of the index to HEAD, as text or as a list of objects: `git diff --cached`, read as bytes.
 *
 * Every option that configuration or attributes could change is given explicitly, so that the output always has the same form: text for
 * every file, no colour, fixed context and prefixes, no program of the repository.
 */

import { resolve } from 'node:path';
import { decodePath } from '../lib/path-bytes.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { DiffParser, type FileDiff } from './diff-parser.ts';
import { isNullId } from '../git/object-id.ts';
import { gitAtOnce, GitError, type GitOptions, gitLine, gitRecords, gitText } from '../git/spawn.ts';

const DIFF = ['-c', 'diff.relative=false', 'diff', '--cached', '-O/dev/null', '--find-renames', '--no-ext-diff'];

/**
 * A change may complete a credential that begins on a line above or below it: one that is encoded and wrapped, or that the name of its
 * section identifies. What is further away is found only by `diff`.
 */
const CONTEXT_LINES = 3;

const AS_TEXT = [
  `--unified=${CONTEXT_LINES}`,
  '--inter-hunk-context=0',
  '--text',
  '--full-index',
  '--no-color',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--submodule=short',
];

export interface StagedDiff {
  /** Yields the changed files one by one. @throws GitError */
  files(): AsyncGenerator<FileDiff>;
  /** Paths in conflict; complete at the end of `files`. */
  readonly unmerged: readonly string[];
}

/** Compares with HEAD, in a repository without commits with nothing. */
export function stagedDiff(options: GitOptions): StagedDiff {
  const parser = new DiffParser();
  return {
    unmerged: parser.unmerged,
    async *files() {
      try {
        for await (const piece of gitAtOnce([...DIFF, ...AS_TEXT, '--'], options)) {
          parser.push(piece);
          yield* parser.take();
        }
      } catch (error) {
        if (error instanceof GitError) await requireRepository(options);
        throw error;
      }
      parser.end();
      yield* parser.take();
    },
  };
}

/** Outside a repository `git diff` compares plain files, and hides the reason; this reports it. @throws GitError */
async function requireRepository(options: GitOptions): Promise<void> {
  await gitText(['rev-parse', '--git-dir'], options);
}

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

/** Whether git gave up because a file is too large to be shown as text. */
export function isTooLarge(message: string): boolean {
  return /unable to generate diff|out of memory|too large/i.test(message);
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

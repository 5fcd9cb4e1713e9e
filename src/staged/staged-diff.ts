/**
 * The difference of the index to HEAD as text: `git diff --cached`, read as bytes.
 *
 * Every option that configuration or attributes could change is given explicitly, so that the output always has the same form: text for
 * every file, no colour, fixed context and prefixes, no program of the repository.
 */

import { DiffParser, type FileDiff } from './diff-parser.ts';
import { gitAtOnce, GitError, type GitOptions, gitOutput, gitText } from '../git/spawn.ts';

export const DIFF: readonly string[] = [
  '-c',
  'diff.relative=false',
  'diff',
  '--cached',
  '-O/dev/null',
  '--find-renames',
  '--no-ext-diff',
];

/**
 * A change may complete a credential that begins on a line above or below it: one that is encoded and wrapped, or that the name of its
 * block identifies (`detect/assignments/near-gitlab.ts` reads 14 lines above; empty ones come on top). What is further away is found
 * only by `diff`.
 */
const CONTEXT_LINES = 20;

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

/** The output of git; undefined if it is long, or takes long. @throws GitError */
export async function stagedText(options: GitOptions): Promise<Buffer | undefined> {
  return await gitOutput([...DIFF, ...AS_TEXT, '--'], options);
}

/**
 * Compares with HEAD, in a repository without commits with nothing.
 *
 * @param given the output of git, if it was read already
 */
export function stagedDiff(options: GitOptions, given?: Buffer): StagedDiff {
  const parser = new DiffParser();
  return {
    unmerged: parser.unmerged,
    async *files() {
      try {
        for await (const piece of given === undefined ? gitAtOnce([...DIFF, ...AS_TEXT, '--'], options) : [given]) {
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

/** Whether git gave up because a file is too large to be shown as text. */
export function isTooLarge(message: string): boolean {
  return /unable to generate diff|out of memory|too large/i.test(message);
}

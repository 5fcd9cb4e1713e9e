/** The commits whose findings are reported: `--refs`, `--not` and `--since`. */

import { reachableCommits } from '../git/commits.ts';
import { commitOf } from '../git/resolve.ts';
import type { GitOptions } from '../git/spawn.ts';
import { showWord } from '../lib/show-word.ts';
import type { Refused } from '../model/refused.ts';

export interface Selection {
  /** Patterns of branches and tags. */
  readonly refs: readonly string[];
  /** Commits that are left out, with everything before them. */
  readonly not: readonly string[];
  /** A date, or a commit. */
  readonly since: { readonly text: string; readonly date: Date | undefined } | undefined;
}

/** Undefined: all commits, and findings that belong to no commit. */
export async function selectCommits(
  { refs, not, since }: Selection,
  options: GitOptions,
): Promise<ReadonlySet<string> | undefined | Refused> {
  if (refs.length === 0 && not.length === 0 && since === undefined) return undefined;
  const exclude: string[] = [];
  for (const revision of not) {
    const id = await commitOf(revision, options);
    if (id === undefined) return refused(`--not: git knows no commit ${quoted(revision)}`);
    exclude.push(id);
  }
  const commit = since === undefined ? undefined : await commitOf(since.text, options);
  if (commit !== undefined) exclude.push(commit);
  if (since !== undefined && commit === undefined && since.date === undefined)
    return refused(`--since must be a date like 2026-01-31 or a commit, not ${quoted(since.text)}`);
  if (since !== undefined && commit !== undefined && /^\d{4}(?:-\d\d){0,2}$/.test(since.text))
    return refused(
      `--since ${since.text} is a date, and also names the commit ${commit}`,
      'Name the commit by its whole id, or the date with a time: 2026-01-31T00:00:00Z',
    );
  for (const pattern of refs) {
    const reached = await reachableCommits({ refs: [pattern], exclude: [], since: undefined }, options);
    if (reached.size === 0) return refused(`--refs: no branch or tag matches ${quoted(pattern)}`);
  }
  const after = commit === undefined ? since?.date?.toISOString() : undefined;
  return await reachableCommits({ refs, exclude, since: after }, options);
}

function refused(message: string, hint = ''): Refused {
  return { kind: 'refused', message, hint };
}

function quoted(text: string): string {
  return JSON.stringify(showWord(text));
}

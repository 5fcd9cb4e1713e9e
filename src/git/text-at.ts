/** Files as a commit has them. */

import { gitText, type GitOptions, inheriting } from './spawn.ts';

/**
 * The text of a file in a commit, links followed; undefined where the commit has none.
 *
 * @param path relative to the root of the repository, `/`-separated
 * @throws GitError
 */
export async function textAt(commit: string, path: string, options: GitOptions): Promise<string | undefined> {
  if (path.includes('\n')) return undefined;
  // Names may hold a secret, and arguments are public.
  const asked = { ...inheriting(options), input: `${commit}:${path}\n` };
  const answer = await gitText(['cat-file', '--batch', '--follow-symlinks'], asked);
  const headEnd = answer.indexOf('\n');
  return /^[0-9a-f]{40,64} blob \d+$/.test(answer.slice(0, headEnd)) ? answer.slice(headEnd + 1, -1) : undefined;
}

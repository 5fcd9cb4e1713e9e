/** Files in a commit. */

import { decodeText } from '../lib/text-encoding.ts';
import { gitStream, type GitOptions } from './spawn.ts';

/**
 * The text of a file in a commit, links followed; undefined if the commit does not have it.
 *
 * @param path relative to the root of the repository, `/`-separated
 * @throws GitError, or UnfitFile if it is not text
 */
export async function textAt(commit: string, path: string, options: GitOptions): Promise<string | undefined> {
  if (path.includes('\n')) return undefined;
  // A name may be a secret, and arguments are public.
  const withInput = { ...options, input: `${commit}:${path}\n` };
  const pieces: Buffer[] = [];
  for await (const piece of gitStream(['cat-file', '--batch', '--follow-symlinks'], withInput)) pieces.push(piece);
  const answer = Buffer.concat(pieces);
  const headEnd = answer.indexOf(0x0a);
  return /^[0-9a-f]{40,64} blob \d+$/.test(answer.toString('latin1', 0, headEnd))
    ? decodeText(answer.subarray(headEnd + 1, -1))
    : undefined;
}

/** Versions of files that are asked for again and again, once for each secret: had once. */

import { entriesOfTree } from '../git/commits.ts';
import { GitError, type GitOptions, isStop } from '../git/spawn.ts';
import { bareFingerprint, type Finding } from '../model/finding.ts';

/** What a version of a file holds, by the fingerprints of the secrets. */
export type Held = ReadonlyMap<string, Finding>;
export type Remember = (blob: string, path: string, look: () => Promise<readonly Finding[]>) => Promise<Held>;

/** A file with many secrets is asked for once for each, one after the other: the last ones are remembered. */
export function rememberLast(): Remember {
  const last = new Map<string, Promise<Held>>();
  return async (blob, path, look) => {
    const key = `${blob} ${path}`;
    const known = last.get(key) ?? look().then(firstOfEach);
    last.set(key, known);
    for (const oldest of last.keys()) if (last.size > REMEMBERED) last.delete(oldest);
    return await known;
  };
}

function firstOfEach(findings: readonly Finding[]): Held {
  const held = new Map<string, Finding>();
  for (const finding of findings) {
    const fingerprint = bareFingerprint(finding);
    if (!held.has(fingerprint)) held.set(fingerprint, finding);
  }
  return held;
}

/** A version as it came, and as HEAD has it. */
const REMEMBERED = 2;

/** One listing for all of them: git would go through the same trees for each. */
export async function filesAtHead(
  paths: ReadonlySet<string>,
  options: GitOptions,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  try {
    for await (const { path, blob } of entriesOfTree('HEAD', options))
      if (blob !== undefined && paths.has(path)) files.set(path, blob);
  } catch (error) {
    // There may be no HEAD yet, and in a partial clone not all of its trees.
    if (!(error instanceof GitError) || isStop(error)) throw error;
  }
  return files;
}

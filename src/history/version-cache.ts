/** A cache for versions of files that are scanned again for each of their secrets. */

import { entriesOfTree } from '../git/commits.ts';
import { GitError, type GitOptions, isStop } from '../git/spawn.ts';
import { bareFingerprint, type Finding } from '../model/finding.ts';

/** The findings in one version of a file, by the fingerprints of their secrets. */
export type FindingsBySecret = ReadonlyMap<string, Finding>;
export type VersionCache = (
  blob: string,
  path: string,
  scan: () => Promise<readonly Finding[]>,
) => Promise<FindingsBySecret>;

/** A file with many secrets is scanned again for each of them, one after the other; so the latest versions are remembered. */
export function createVersionCache(): VersionCache {
  const last = new Map<string, Promise<FindingsBySecret>>();
  return async (blob, path, scan) => {
    const key = `${blob} ${path}`;
    const findings = last.get(key) ?? scan().then(firstOfEach);
    last.set(key, findings);
    for (const oldest of last.keys()) if (last.size > REMEMBERED) last.delete(oldest);
    return await findings;
  };
}

function firstOfEach(findings: readonly Finding[]): FindingsBySecret {
  const bySecret = new Map<string, Finding>();
  for (const finding of findings) {
    const fingerprint = bareFingerprint(finding);
    if (!bySecret.has(fingerprint)) bySecret.set(fingerprint, finding);
  }
  return bySecret;
}

/** The version that introduced a secret, and the one in HEAD. */
const REMEMBERED = 2;

/** Lists HEAD once for all paths: git would walk the same trees for each of them. */
export async function filesAtHead(
  paths: ReadonlySet<string>,
  options: GitOptions,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  try {
    for await (const { path, blob } of entriesOfTree('HEAD', options))
      if (blob !== undefined && paths.has(path)) files.set(path, blob);
  } catch (error) {
    // There may be no HEAD yet, and a partial clone may lack some of its trees.
    if (!(error instanceof GitError) || isStop(error)) throw error;
  }
  return files;
}

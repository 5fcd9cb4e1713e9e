/** Findings in objects that are in no commit: under their path if they are in the index, otherwise as objects. */

import { indexedFiles } from '../git/listing.ts';
import type { ObjectReader } from '../git/objects.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import { bareFingerprint, type Finding } from '../model/finding.ts';
import type { AttributionContext } from '../model/source.ts';
import { askedInput } from '../sources/git-object.ts';

interface UnreachableContext {
  readonly help: AttributionContext;
  readonly objects: ObjectReader;
  readonly options: GitOptions;
}

/** Attributes findings that no commit has: staged and never committed, tagged directly, or left over. */
export async function attributeUnreachable(
  findings: readonly Finding[],
  { options, objects, help }: UnreachableContext,
): Promise<Finding[]> {
  if (findings.length === 0) return [];
  const staged = new Map<string, string>();
  try {
    for await (const { path, blob } of indexedFiles(options)) staged.set(blob, path);
  } catch (error) {
    // A bare repository has no index.
    if (!(error instanceof GitError)) throw error;
  }
  const history = { reachable: false, refs: [], refCount: 0, inHead: false };
  const attributed: Finding[] = [];
  for (const finding of findings) {
    const path = staged.get(finding.artifact.blob ?? '');
    if (path === undefined) {
      attributed.push({ ...finding, history });
      continue;
    }
    const artifact: Artifact = { kind: 'file', uri: showPath(path), path, blob: finding.artifact.blob! };
    const found = await help.scan({ ...askedInput(finding.artifact.blob!, artifact, objects), name: 'ignore' });
    attributed.push(
      ...found
        .filter((each) => bareFingerprint(each) === bareFingerprint(finding))
        .map((each) => ({ ...each, history })),
    );
  }
  return attributed;
}

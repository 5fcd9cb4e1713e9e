/** What the next commit uncovers: loaded where it changes what is passed over. */

import type { LineRange } from '../git/diff-parser.ts';
import { indexedFiles } from '../git/listing.ts';
import { mergeHeads } from '../git/staged-diff.ts';
import type { Input } from '../model/artifact.ts';
import { ReadError } from '../model/gap.ts';
import { absentGap } from '../sources/git-object.ts';
import { type StagedOptions, touches } from './staged.ts';
import { uncoveredFiles } from '../sources/uncovered.ts';

const INDEX = '';

/**
 * @param scanned the lines of a file that were scanned as new ones
 * @throws GitError
 */
export async function* uncoveredInputs(
  { excludedAt, ...options }: StagedOptions,
  scanned: (path: string) => readonly LineRange[],
  blobInput: (entry: { readonly path: string; readonly blob: string }) => Input,
): AsyncGenerator<Input> {
  if (excludedAt === undefined) return;
  const parents = ['HEAD', ...(await mergeHeads(options))];
  const files = () => indexedFiles(options);
  for (const { path, blob, before, isAbsent } of await uncoveredFiles(
    INDEX,
    files,
    parents,
    { ...options, excludedAt },
    options,
  )) {
    const lines = scanned(path);
    const { artifact, open } = blobInput({ path, blob });
    yield {
      artifact,
      open() {
        if (!isAbsent) return open();
        throw new ReadError({ ...absentGap(artifact.uri), hint: `Fetch it: git cat-file -e ${blob}` });
      },
      part: { admits: (region) => !lines.some((range) => touches(region, range)) },
      before: before.map((id) => () => blobInput({ path, blob: id })),
    };
  }
}

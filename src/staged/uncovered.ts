/** Files that the next commit uncovers. Loaded only when the commit may change the exclusions. */

import { indexedFiles } from '../git/listing.ts';
import type { Input } from '../model/artifact.ts';
import { ReadError } from '../model/gap.ts';
import { absentGap } from '../sources/git-object.ts';
import { uncoveredFiles } from '../sources/uncovered.ts';
import { mergeHeads } from './staged-entries.ts';
import { type Blobs, type StagedOptions } from './staged-options.ts';

const INDEX = '';

/** @throws GitError */
export async function* uncoveredInputs({ excludedAt, ...options }: StagedOptions, blobs: Blobs): AsyncGenerator<Input> {
  if (excludedAt === undefined) return;
  const files = await uncoveredFiles(
    {
      after: INDEX,
      files: () => indexedFiles(options),
      parents: ['HEAD', ...(await mergeHeads(options))],
      excludes: options.excludes,
      excludedAt,
    },
    options,
  );
  for (const { path, blob, before, isAbsent } of files) {
    const { artifact, open } = blobs.input({ path, blob });
    yield {
      artifact,
      open() {
        if (!isAbsent) return open();
        throw new ReadError({ ...absentGap(artifact.uri), hint: `Fetch it: git cat-file -e ${blob}` });
      },
      before: before.map((id) => () => blobs.input({ path, blob: id })),
    };
  }
}

/** What a range of commits uncovers, as steps behind those of its changes. */

import { type Commit, entriesOfTree } from '../git/commits.ts';
import type { Diagnostics } from '../model/source.ts';
import { absentGap } from '../sources/git-object.ts';
import type { Step } from '../sources/object-steps.ts';
import type { RangeOptions, RangeContext } from './range.ts';
import { uncoveredFiles } from '../sources/uncovered.ts';

/**
 * Each end of the range is compared with the commits that the range starts from. Of a shallow clone they are not known.
 *
 * @throws GitError
 */
export async function* uncoveredSteps(
  commits: readonly Commit[],
  walked: RangeContext,
  { excludedAt, ...options }: RangeOptions,
  trouble: Diagnostics,
): AsyncGenerator<Step> {
  if (excludedAt === undefined) return;
  const parents = new Set(commits.flatMap((commit) => commit.parents).filter((id) => !walked.order.has(id)));
  for (const tip of new Set(walked.tips)) {
    const files = await uncoveredFiles(
      tip,
      () => entriesOfTree(tip, options),
      [...parents],
      { ...options, excludedAt },
      options,
    );
    for (const { path, blob, before, isAbsent } of files) {
      const versions = before.map((id) => ({ blob: id, path }));
      const { nameCounts: _, ...input } = walked.inputOf({ path, before: versions }, blob, tip);
      if (isAbsent) trouble.gap({ ...absentGap(input.artifact.uri), hint: options.fetchHint });
      else yield { uri: input.artifact.uri, inputs: () => [input] };
    }
  }
}

/** Files that a range of commits uncovers, as steps after those of its changes. */

import { type Commit, entriesOfTree } from '../git/commits.ts';
import type { Diagnostics } from '../model/source.ts';
import { absentGap } from '../sources/git-object.ts';
import type { Step } from '../sources/object-steps.ts';
import type { RangeOptions, RangeContext } from './range-context.ts';
import { uncoveredFiles } from '../sources/uncovered.ts';

/**
 * Compares each end of the range with the commits that the range starts from. In a shallow clone these are unknown.
 *
 * @throws GitError
 */
export async function* uncoveredSteps(
  commits: readonly Commit[],
  walk: RangeContext,
  { excludedAt, ...options }: RangeOptions,
  diagnostics: Diagnostics,
): AsyncGenerator<Step> {
  if (excludedAt === undefined) return;
  const parents = new Set(commits.flatMap((commit) => commit.parents).filter((id) => !walk.order.has(id)));
  for (const tip of new Set(walk.tips)) {
    const files = await uncoveredFiles(
      {
        after: tip,
        files: () => entriesOfTree(tip, options),
        parents: [...parents],
        excludes: options.excludes,
        excludedAt,
      },
      options,
    );
    for (const { path, blob, before, isAbsent } of files) {
      const versions = before.map((id) => ({ blob: id, path }));
      const { name: _, ...input } = walk.inputOf({ path, before: versions }, blob, tip);
      if (isAbsent) diagnostics.gap({ ...absentGap(input.artifact.uri), hint: options.fetchHint });
      else yield { uri: input.artifact.uri, inputs: () => [input] };
    }
  }
}

/** Which refs hold a commit: the same as git says, for random graphs and refs. */

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readCommitGraph } from '../../src/git/commit-graph.ts';
import { type Holding, listRefs, refsHolding } from '../../src/git/refs.ts';
import { grownRepository } from '../support/grown-repository.ts';
import { Random } from '../support/mint.ts';
import { git, gitEnvironment, tempRepository } from '../support/temp-folder.ts';

/** A repository of random merges and refs; the ids of its commits. */
function randomGraph(random: Random, commits: number, refs: number): { root: string; ids: string[] } {
  const root = tempRepository();
  const stream: string[] = [];
  for (let at = 1; at <= commits; at++) {
    const parents = [...new Set(Array.from({ length: random.below(4) }, () => 1 + random.below(at)))].filter(
      (parent) => parent < at,
    );
    stream.push(`commit refs/heads/b${at % 5}\nmark :${at}\ncommitter T <t@example.com> ${at} +0000\ndata 0\n`);
    // Without `from` a commit would follow the last one of its branch.
    stream.push(...parents.map((parent, index) => `${index === 0 ? 'from' : 'merge'} :${parent}\n`));
  }
  for (let ref = 0; ref < refs; ref++)
    stream.push(`reset refs/tags/t${random.below(10_000)}\nfrom :${1 + random.below(commits)}\n\n`);
  execFileSync('git', ['-C', root, 'fast-import', '--quiet', '--force'], {
    env: gitEnvironment(),
    input: stream.join(''),
  });
  const ids = git(root, 'rev-list', '--all').split('\n').filter(Boolean);
  return { root, ids };
}

async function holdingIn(
  root: string,
  groups: readonly (readonly string[])[],
  listed: number,
): Promise<readonly Holding[]> {
  const options = { cwd: root, env: gitEnvironment() };
  const [graph, refs] = [await readCommitGraph(options), await listRefs(options)];
  return await refsHolding(groups, { graph, refs, listed });
}

describe('refs that hold a commit', () => {
  it('are those that git names', async () => {
    const random = new Random(77);
    // The last ones are carried in several passes.
    for (const refs of [0, 3, 40, 200, 3, 2500]) {
      const { root, ids } = randomGraph(random, 5 + random.below(60), refs);
      const groups = Array.from({ length: 12 }, () =>
        Array.from({ length: random.pick([1, 1, 2, 4]) }, () => random.pick(ids)),
      );
      const listed = random.pick([1, 5, 20]);
      const holding = await holdingIn(root, groups, listed);
      const expected = groups.map((group) => {
        const contains = group.flatMap((id) => ['--contains', id]);
        const names = git(root, 'for-each-ref', ...contains, '--format=%(refname)')
          .split('\n')
          .filter(Boolean);
        return { count: names.length, names: names.toSorted().slice(0, listed) };
      });
      expect(holding).toEqual(expected);
    }
  });

  it('are none of a commit that no ref leads to, and of no commit', async () => {
    const { root } = grownRepository(78, { commits: 3, leaks: 0 });
    expect(await holdingIn(root, [['1f'.repeat(20)], []], 5)).toEqual([
      { count: 0, names: [] },
      { count: 0, names: [] },
    ]);
    expect(await holdingIn(tempRepository(), [['1f'.repeat(20)]], 5)).toEqual([{ count: 0, names: [] }]);
  });
});

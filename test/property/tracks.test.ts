/** Where secrets came in and went: the same whether git looks for their objects or prints all changes. */

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readCommitGraph } from '../../src/git/commit-graph.ts';
import { type Tracks, trackAll } from '../../src/history/tracks.ts';
import type { AttributionContext } from '../../src/model/source.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { git, gitEnvironment, tempRepository } from '../support/temp-folder.ts';

const CONTENTS = 12;

/** Random merges that change files as well, some of them in no branch any more. */
function randomHistory(random: Random, commits: number): { root: string; ids: string[]; blobs: string[] } {
  const root = tempRepository();
  const stream: string[] = [];
  for (let content = 1; content <= CONTENTS; content++)
    stream.push(`blob\nmark :${content}\ndata ${String(content).length}\n${content}\n`);
  for (let at = 1; at <= commits; at++) {
    const parents = [...new Set(Array.from({ length: random.below(4) }, () => 1 + random.below(at)))].filter(
      (parent) => parent < at,
    );
    const branch = `refs/heads/b${at % 7}`;
    // Without this a commit would follow the last one of its branch.
    stream.push(`reset ${branch}\n\n`);
    stream.push(`commit ${branch}\nmark :${100 + at}\ncommitter T <t@example.com> ${at} +0000\ndata 0\n`);
    stream.push(...parents.map((parent, index) => `${index === 0 ? 'from' : 'merge'} :${100 + parent}\n`));
    for (let change = random.below(4); change > 0; change--) {
      const path = random.pick(['a', 'b', 'sub/a', 'sub/c', 'sub/deep/a']);
      stream.push(random.below(5) === 0 ? `D ${path}\n` : `M 100644 :${1 + random.below(CONTENTS)} ${path}\n`);
    }
    stream.push('\n');
  }
  execFileSync('git', ['-C', root, 'fast-import', '--quiet', '--force'], {
    env: gitEnvironment(),
    input: stream.join(''),
  });
  const objects = git(root, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)')
    .trim()
    .split('\n');
  const idsOf = (type: string): string[] =>
    objects.filter((line) => line.startsWith(`${type} `)).map((line) => line.slice(type.length + 1));
  return { root, ids: idsOf('commit'), blobs: idsOf('blob') };
}

const HELP = { redact: (text: string) => text, scan: async () => [] } as unknown as AttributionContext;

function sorted({ tracks }: Tracks) {
  return [...tracks.values()]
    .map(({ introductions, removals, ...of }) => ({
      ...of,
      introductions: introductions.map(({ commit, blob }) => `${commit} ${blob}`).toSorted(),
      removals: removals.toSorted(),
    }))
    .toSorted((a, b) => (`${a.secret} ${a.path}` < `${b.secret} ${b.path}` ? -1 : 1));
}

describe('tracks of secrets', () => {
  it('do not depend on what git prints', { timeout: 120_000 }, async () => {
    const random = new Random(611);
    let removals = 0;
    for (let round = 0; round < runs({ fast: 8, long: 100 }); round++) {
      const { root, ids, blobs } = randomHistory(random, 10 + random.below(120));
      const options = { cwd: root, env: gitEnvironment() };
      const found = new Map(
        blobs
          .filter(() => random.below(3) > 0)
          .map((blob) => [
            blob,
            new Set(Array.from({ length: random.between(1, 2) }, () => random.pick(['x', 'y', 'z']))),
          ]),
      );
      const graph = await readCommitGraph(options);
      const some = await trackAll(ids, { found, hasNames: false, graph }, HELP, options);
      const all = await trackAll(ids, { found, hasNames: true, graph }, HELP, options);
      expect(sorted(some)).toEqual(sorted(all));
      removals += [...all.tracks.values()].flatMap((track) => track.removals).length;
    }
    expect(removals).toBeGreaterThan(20);
  });
});

/**
 * A secret that comes to be where it is scanned, and was nowhere scanned before, is reported: whatever is excluded, and whatever
 * is renamed, copied, edited and merged. The expectation is computed from the files of every commit, without git.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPreviouslyExcluded } from '../../src/config/exclude.ts';
import type { Source } from '../../src/model/source.ts';
import { rangeSource } from '../../src/range/range.ts';
import { stagedSource } from '../../src/staged/staged.ts';
import {
  changed,
  changedOften,
  FOLDERS,
  graphOf,
  isIn,
  repositoryOf,
  scanned,
  type Tree,
  type World,
} from '../support/file-graphs.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment } from '../support/temp-folder.ts';

/** The fingerprints of what counts. */
async function reported(source: Source): Promise<ReadonlySet<string>> {
  const { found, gaps } = await scanned(source);
  expect(gaps).toEqual([]);
  return found;
}

function howToPassOver(random: Random) {
  const excluded = FOLDERS.filter(() => random.between(0, 2) === 0);
  const excludes = (path: string): boolean => excluded.some((folder) => path.startsWith(`${folder}/`));
  return {
    excludes,
    isScanned: (path: string) => !excludes(path),
    previouslyExcluded: createPreviouslyExcluded({ excludes, config: { allow: [] } }),
  };
}

const SEEDS = fc.integer({ min: 1, max: 1e9 });

describe('what was scanned nowhere before', () => {
  it('counts in a range of commits', async () => {
    await fc.assert(
      fc.asyncProperty(SEEDS, async (seed) => {
        const random = new Random(seed);
        const world: World = { random, token: tokenMint(seed), tokens: [] };
        const { excludes, isScanned, previouslyExcluded } = howToPassOver(random);
        const graph = graphOf(world);
        const root = repositoryOf(graph);
        const ids = graph.trees.map((_, index) => git(root, 'rev-parse', `refs/c/${index}`).trim());
        const isParent = new Set(graph.parents.flat());
        const tips = ids.filter((_, index) => !isParent.has(index));
        const options = {
          cwd: root,
          env: gitEnvironment(),
          excludes,
          previouslyExcluded,
          deepenHint: '',
          fetchHint: '',
        };
        const found = await reported(
          rangeSource({ ...options, tips: tips.map((object) => ({ object })), exclude: [ids[0]!] }),
        );
        const [base, ...later] = graph.trees;
        for (const token of world.tokens) {
          const isLater = later.some((tree) => isIn(token, tree, isScanned));
          if (isLater && !isIn(token, base!, isScanned)) expect(found).toContain(fingerprintOf(token));
          if (!isLater) expect(found).not.toContain(fingerprintOf(token));
        }
      }),
      { numRuns: runs({ fast: 10, long: 80 }) },
    );
  });

  it('counts in the next commit', async () => {
    await fc.assert(
      fc.asyncProperty(SEEDS, async (seed) => {
        const random = new Random(seed);
        const world: World = { random, token: tokenMint(seed), tokens: [] };
        const { excludes, isScanned, previouslyExcluded } = howToPassOver(random);
        let head: Tree = new Map();
        for (let files = random.between(2, 5); files > 0; files--) head = changed(head, world);
        const next = changedOften(changedOften(head, world), world);
        const root = repositoryOf({ trees: [head, next], parents: [[], [0]] });
        git(root, 'update-ref', 'HEAD', 'refs/c/0');
        git(root, 'read-tree', 'refs/c/1');
        const found = await reported(stagedSource({ cwd: root, env: gitEnvironment(), excludes, previouslyExcluded }));
        for (const token of world.tokens) {
          const isThere = isIn(token, next, isScanned);
          if (isThere && !isIn(token, head, isScanned)) expect(found).toContain(fingerprintOf(token));
          if (!isThere) expect(found).not.toContain(fingerprintOf(token));
        }
      }),
      { numRuns: runs({ fast: 10, long: 80 }) },
    );
  });
});

/**
 * Whatever exclusions are added and dropped, and whatever is renamed meanwhile: a credential that is scanned at the end was reported
 * in one of the steps. The expectation is computed from the files of every commit, without git.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filesCommitted } from '../../src/range/policy-files.ts';
import { unchanged } from '../../src/config/effective-policy.ts';
import { excludedInCommit, previouslyExcludedIn } from '../../src/config/exclusions.ts';
import { readPolicy } from '../../src/config/policy.ts';
import type { Source } from '../../src/model/source.ts';
import { rangeSource } from '../../src/range/range.ts';
import { stagedSource } from '../../src/staged/staged.ts';
import { changedOften, FOLDERS, isIn, repositoryOf, scanned, type Tree, type World } from '../support/file-graphs.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment } from '../support/temp-folder.ts';

const IGNORE = '.glaiveignore';

/** What glaive scans in one step, and with which policy: as the commands do. */
async function stepOf(root: string, how: 'staged' | 'diff', before: string, after: string): Promise<Source> {
  const env = gitEnvironment();
  const read = { cwd: root, root, env, named: undefined, readNamed: () => undefined, baseline: undefined };
  const options = { cwd: root, env };
  const at = (commit: string) => filesCommitted(root, options, commit);
  const policy = await readPolicy(read);
  const { excludes, previouslyExcluded } = unchanged(policy);
  const excludedAt = async (commit: string) => await excludedInCommit(read, policy, at(commit));
  const since = async () => await previouslyExcludedIn(read, policy, [at(before)]);
  if (how === 'staged')
    return stagedSource({ ...options, excludes, previouslyExcluded, previouslyExcludedAtHead: since, excludedAt });
  const ends = { tips: [{ object: after }], exclude: [before], deepenHint: '', fetchHint: '' };
  return rangeSource({ ...options, ...ends, excludes, previouslyExcluded: await since(), excludedAt });
}

it.each(['staged', 'diff'] as const)('nothing passes all steps of %s', async (how) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1e9 }), async (seed) => {
      const random = new Random(seed);
      const world: World = { random, token: tokenMint(seed), tokens: [] };
      const excluded: string[][] = [[]];
      const trees: Tree[] = [new Map([['README', ['x']]])];
      for (let count = random.between(2, 5); count > 0; count--) {
        const isSame = random.between(0, 2) === 0;
        excluded.push(isSame ? excluded.at(-1)! : FOLDERS.filter(() => random.between(0, 1) === 0));
        trees.push(random.between(0, 2) === 0 ? trees.at(-1)! : changedOften(trees.at(-1)!, world));
      }
      const withIgnored = trees.map((tree, index) =>
        excluded[index]!.length === 0 ? tree : new Map([...tree, [IGNORE, excluded[index]!.map((each) => `${each}/`)]]),
      );
      const root = repositoryOf({
        trees: withIgnored,
        parents: trees.map((_, index) => (index === 0 ? [] : [index - 1])),
      });
      const reported = new Set<string>();
      for (const [index, tree] of trees.entries()) {
        if (index === 0) continue;
        const ids = [index - 1, index].map((each) => git(root, 'rev-parse', `refs/c/${each}`).trim());
        git(root, 'update-ref', 'HEAD', ids[how === 'staged' ? 0 : 1]!);
        git(root, 'read-tree', ids[1]!);
        const lines = excluded[index]!.map((each) => `${each}/\n`);
        if (lines.length === 0) rmSync(join(root, IGNORE), { force: true });
        else writeFileSync(join(root, IGNORE), lines.join(''));
        const { found, gaps } = await scanned(await stepOf(root, how, ids[0]!, ids[1]!));
        expect(gaps).toEqual([]);
        const isScanned = (path: string): boolean => !excluded[index]!.some((folder) => path.startsWith(`${folder}/`));
        for (const token of world.tokens)
          if (!isIn(token, tree, isScanned)) expect(found).not.toContain(fingerprintOf(token));
        for (const each of found) reported.add(each);
        // Whatever is scanned now was reported by now.
        for (const token of world.tokens)
          if (isIn(token, tree, isScanned)) expect(reported).toContain(fingerprintOf(token));
      }
    }),
    { numRuns: runs({ fast: 4, long: 24 }) },
  );
});

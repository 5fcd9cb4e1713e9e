/**
 * A secret that comes to be where it is scanned, and was nowhere scanned before, is reported: whatever is excluded, and whatever
 * is renamed, copied, edited and merged. The expectation is computed from the files of every commit, without git.
 */

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUncounted } from '../../src/config/exclude.ts';
import { isAccepted } from '../../src/model/suppression.ts';
import type { Source } from '../../src/model/source.ts';
import { builtinRuleset } from '../../src/ruleset/builtin.ts';
import { scan } from '../../src/scan.ts';
import { rangeSource } from '../../src/sources/range.ts';
import { stagedSource } from '../../src/sources/staged.ts';
import { Random } from '../support/mint.ts';
import { fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder } from '../support/temp-folder.ts';

/** The lines of each file. */
type Tree = ReadonlyMap<string, readonly string[]>;

const FOLDERS = ['a', 'b', 'c', 'd'];
const ruleset = builtinRuleset();

interface World {
  readonly random: Random;
  readonly token: () => string;
  readonly tokens: string[];
}

function anyPath({ random }: World): string {
  return `${random.pick(FOLDERS)}/${random.pick(['x', 'y', 'z'])}.txt`;
}

function filler({ random }: World): string[] {
  return Array.from({ length: random.between(6, 14) }, () => `line ${random.between(0, 1e9)}`);
}

function secretLine(world: World): string {
  const token = world.token();
  world.tokens.push(token);
  return `key = "${token}"`;
}

/** Like the tree, with something done to it. */
function changed(tree: Tree, world: World): Tree {
  const { random } = world;
  const next = new Map(tree);
  if (next.size === 0) return next.set(anyPath(world), [...filler(world), secretLine(world)]);
  const path = random.pick([...next.keys()]);
  const lines = next.get(path)!; // one of its own
  const to = anyPath(world);
  const at = random.between(0, lines.length);
  switch (random.between(0, 7)) {
    case 0:
      return next.set(path, lines.toSpliced(at, 0, secretLine(world)));
    case 1:
      return next.set(path, lines.toSpliced(at, 0, `edit ${random.between(0, 1e9)}`));
    case 2:
      return next.set(to, lines);
    case 3:
      return next.set(to, lines.toSpliced(at, 0, `edit ${random.between(0, 1e9)}`));
    case 4:
      next.delete(path);
      return next.set(to, lines.toSpliced(at, 0, `edit ${random.between(0, 1e9)}`));
    case 5:
      next.delete(path);
      return next;
    case 6: {
      const [moved] = lines.slice(at, at + 1);
      next.set(path, lines.toSpliced(at, 1));
      return moved === undefined ? next : next.set(to, [...(next.get(to) ?? filler(world)), moved]);
    }
    default:
      next.delete(path);
      return next.set(to, lines);
  }
}

function changedOften(tree: Tree, world: World): Tree {
  let next = tree;
  for (let times = world.random.between(1, 3); times > 0; times--) next = changed(next, world);
  return next;
}

interface Graph {
  readonly trees: readonly Tree[];
  readonly parents: readonly (readonly number[])[];
}

/** The first commit is the base; each later one has one or two parents among those before it, the last leads to all. */
function graphOf(world: World): Graph {
  const { random } = world;
  let first: Tree = new Map();
  for (let files = random.between(2, 5); files > 0; files--) first = changed(first, world);
  const trees: Tree[] = [first];
  const parents: number[][] = [[]];
  let ends = [0];
  for (let count = random.between(1, 6); count > 0; count--) {
    const one = random.between(0, trees.length - 1);
    const other = random.between(0, trees.length - 1);
    const isMerge = other !== one && random.between(0, 2) === 0;
    const merged = isMerge ? new Map([...trees[other]!, ...trees[one]!]) : trees[one]!;
    parents.push(isMerge ? [one, other] : [one]);
    trees.push(isMerge && random.between(0, 1) === 0 ? merged : changedOften(merged, world));
    ends = [...ends.filter((end) => !parents.at(-1)!.includes(end)), trees.length - 1];
  }
  return { trees, parents };
}

/** A repository with the commits as the refs `refs/c/0`, `refs/c/1` and so on. */
function repositoryOf({ trees, parents }: Graph): string {
  const root = tempFolder();
  git(root, 'init', '--quiet', '--initial-branch=main');
  const stream = trees.map((tree, index) => {
    const [from, ...merged] = parents[index]!;
    const files = [...tree].map(([path, lines]) => {
      const text = lines.map((line) => `${line}\n`).join('');
      return `M 100644 inline ${path}\ndata ${text.length}\n${text}`;
    });
    return [
      `commit refs/c/${index}\nmark :${index + 1}\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx`,
      ...(from === undefined ? [] : [`from :${from + 1}`]),
      ...merged.map((parent) => `merge :${parent + 1}`),
      'deleteall',
      ...files,
    ].join('\n');
  });
  const input = `${stream.join('\n')}\n`;
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, env: gitEnvironment(), input });
  return root;
}

const isIn = (token: string, tree: Tree, isScanned: (path: string) => boolean): boolean =>
  [...tree].some(([path, lines]) => isScanned(path) && lines.some((line) => line.includes(token)));

/** The fingerprints of what counts. */
async function reported(source: Source): Promise<ReadonlySet<string>> {
  const { findings, gaps } = await scan({
    command: 'diff',
    sources: [source],
    ruleset,
    minConfidence: 'likely',
    strict: false,
    little: true,
    clock: () => new Date('2026-11-20T00:00:00Z'),
  });
  expect(gaps).toEqual([]);
  return new Set(findings.filter((finding) => !isAccepted(finding)).map(({ secretFingerprint }) => secretFingerprint));
}

function howToPassOver(random: Random) {
  const excluded = FOLDERS.filter(() => random.between(0, 2) === 0);
  const excludes = (path: string): boolean => excluded.some((folder) => path.startsWith(`${folder}/`));
  return {
    excludes,
    isScanned: (path: string) => !excludes(path),
    uncounted: createUncounted({ excludes, config: { allow: [] } }),
  };
}

const SEEDS = fc.integer({ min: 1, max: 1e9 });

describe('what was scanned nowhere before', () => {
  it('counts in a range of commits', async () => {
    await fc.assert(
      fc.asyncProperty(SEEDS, async (seed) => {
        const random = new Random(seed);
        const world: World = { random, token: tokenMint(seed), tokens: [] };
        const { excludes, isScanned, uncounted } = howToPassOver(random);
        const graph = graphOf(world);
        const root = repositoryOf(graph);
        const ids = graph.trees.map((_, index) => git(root, 'rev-parse', `refs/c/${index}`).trim());
        const isParent = new Set(graph.parents.flat());
        const tips = ids.filter((_, index) => !isParent.has(index));
        const options = { cwd: root, env: gitEnvironment(), excludes, uncounted, deepenHint: '' };
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
      { numRuns: 40 },
    );
  }, 60_000);

  it('counts in the next commit', async () => {
    await fc.assert(
      fc.asyncProperty(SEEDS, async (seed) => {
        const random = new Random(seed);
        const world: World = { random, token: tokenMint(seed), tokens: [] };
        const { excludes, isScanned, uncounted } = howToPassOver(random);
        let head: Tree = new Map();
        for (let files = random.between(2, 5); files > 0; files--) head = changed(head, world);
        const next = changedOften(changedOften(head, world), world);
        const root = repositoryOf({ trees: [head, next], parents: [[], [0]] });
        git(root, 'update-ref', 'HEAD', 'refs/c/0');
        git(root, 'read-tree', 'refs/c/1');
        const found = await reported(stagedSource({ cwd: root, env: gitEnvironment(), excludes, uncounted }));
        for (const token of world.tokens) {
          const isThere = isIn(token, next, isScanned);
          if (isThere && !isIn(token, head, isScanned)) expect(found).toContain(fingerprintOf(token));
          if (!isThere) expect(found).not.toContain(fingerprintOf(token));
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

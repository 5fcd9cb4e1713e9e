/**
 * Commits of files that change, move, are copied and merged, made of a seed: as plain values, to compute from what must be found,
 * and as repositories.
 */

import { execFileSync } from 'node:child_process';
import type { Gap } from '../../src/model/gap.ts';
import type { Source } from '../../src/model/source.ts';
import { isAccepted } from '../../src/model/suppression.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { scan } from '../../src/scan/scan.ts';
import type { Random } from './mint.ts';
import { git, gitEnvironment, tempFolder } from './temp-folder.ts';

/** The lines of each file. */
export type Tree = ReadonlyMap<string, readonly string[]>;

export const FOLDERS = ['a', 'b', 'c', 'd'];
const ruleset = builtinRuleset();

export interface World {
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
export function changed(tree: Tree, world: World): Tree {
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

export function changedOften(tree: Tree, world: World): Tree {
  let next = tree;
  for (let times = world.random.between(1, 3); times > 0; times--) next = changed(next, world);
  return next;
}

export interface Graph {
  readonly trees: readonly Tree[];
  readonly parents: readonly (readonly number[])[];
}

/** The first commit is the base; each later one has one or two parents among those before it, the last leads to all. */
export function graphOf(world: World): Graph {
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
export function repositoryOf({ trees, parents }: Graph): string {
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

export const isIn = (token: string, tree: Tree, isScanned: (path: string) => boolean): boolean =>
  [...tree].some(([path, lines]) => isScanned(path) && lines.some((line) => line.includes(token)));

/** The fingerprints of what counts, and what could not be scanned. */
export async function scanned(
  source: Source,
): Promise<{ readonly found: ReadonlySet<string>; readonly gaps: readonly Gap[] }> {
  const { findings, gaps } = await scan({
    command: 'diff',
    sources: [source],
    ruleset,
    minConfidence: 'likely',
    strict: false,
    volume: 'commit',
    clock: () => new Date('2026-11-20T00:00:00Z'),
  });
  const counted = findings.filter((finding) => !isAccepted(finding));
  return { found: new Set(counted.map(({ secretFingerprint }) => secretFingerprint)), gaps };
}

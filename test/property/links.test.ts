/** The check of links in packs takes a repository for complete if and only if git's walk over everything finds nothing missing. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { walkReachable } from '../../src/git/all-objects.ts';
import { listRefs } from '../../src/git/refs.ts';
import { GitError } from '../../src/git/spawn.ts';
import type { HistoryOptions } from '../../src/history/history-options.ts';
import { isComplete } from '../../src/history/missing.ts';
import { listPackedObjects } from '../../src/history/packs/list-objects.ts';
import { listOwnObjects } from '../../src/history/packs/object-folders.ts';
import { openPacks, scanPacks } from '../../src/history/packs/scan-packs.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { git, gitEnvironment } from '../support/temp-folder.ts';

/** With a tag of a tag, a tag of a blob, a submodule, and a work tree's index. */
function repository(seed: number): string {
  const root = fuzzRepository(seed, { commits: 60 });
  const input = (args: readonly string[], text: string): string =>
    execFileSync('git', args, { cwd: root, env: gitEnvironment(), input: text, encoding: 'utf8' }).trim();
  const blob = input(['hash-object', '-w', '--stdin'], 'tagged\n');
  const inner = input(['mktree'], `100755 blob ${input(['hash-object', '-w', '--stdin'], 'run\n')}\trun\n`);
  const entries = `120000 blob ${blob}\tlink\n040000 tree ${inner}\tsub\n160000 commit ${'12'.repeat(20)}\tmodule\n`;
  git(root, 'update-ref', 'refs/heads/modules', input(['commit-tree', input(['mktree'], entries), '-m', 'x'], ''));
  git(root, 'tag', '--annotate', 'first', '--message', 'x', 'modules');
  git(root, 'tag', '--annotate', 'second', '--message', 'x', 'first');
  git(root, 'tag', '--annotate', 'third', '--message', 'x', blob);
  git(root, 'read-tree', 'modules');
  return root;
}

/** Puts all objects but one into a pack, except for some that are loose. */
function packWithout(root: string, ids: readonly string[], removed: string, loose: readonly string[]): void {
  const objects = join(root, 'objects');
  const packed = ids.filter((id) => id !== removed && !loose.includes(id));
  const run = (args: readonly string[], input: string | Buffer): Buffer =>
    execFileSync('git', args, {
      cwd: root,
      env: gitEnvironment(),
      input,
      maxBuffer: 2 ** 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const pack = run(['pack-objects', '--stdout', '--delta-base-offset'], packed.map((id) => `${id}\n`).join(''));
  const others = loose
    .filter((id) => id !== removed)
    .map((id) => {
      const type = run(['cat-file', '-t', id], '').toString().trim();
      return [type, run(['cat-file', type, id], '')] as const;
    });
  for (const name of readdirSync(objects)) if (name !== 'info') rmSync(join(objects, name), { recursive: true });
  mkdirSync(join(objects, 'pack'));
  run(['index-pack', '--stdin'], pack);
  for (const [type, bytes] of others) run(['hash-object', '-w', '--literally', '-t', type, '--stdin'], bytes);
}

async function isCompleteByLinks(root: string): Promise<boolean> {
  const where = { cwd: root, env: gitEnvironment() };
  const own = await listOwnObjects(where);
  const packs = await openPacks(where);
  const list = await listPackedObjects(packs, { own: own!, least: 0, options: where, onWarning: () => {} });
  const options = { ...where, list, packs, before: undefined } as unknown as HistoryOptions;
  const packed = await scanPacks(packs, {
    ruleset: builtinRuleset(),
    list: list!,
    maxBlob: undefined,
    scanned: () => {},
  });
  return await isComplete(packed, await listRefs(where), options);
}

async function isCompleteByGit(root: string): Promise<boolean> {
  let isMissing = false;
  await walkReachable({ cwd: root, env: gitEnvironment() }, [], (_, missing) => (isMissing ||= missing));
  return !isMissing;
}

/** Where git cannot list refs or walk at all, there is a gap anyway. */
async function orFalse(isIt: Promise<boolean>): Promise<boolean> {
  return await isIt.catch((error: unknown) => {
    if (error instanceof GitError) return false;
    throw error;
  });
}

it('one object after the other is missing', { timeout: 600_000 }, async () => {
  const random = new Random(31);
  const source = repository(17);
  const ids = git(source, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)')
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  const root = join(source, '..', 'copy.git');
  const copy = (): void => {
    rmSync(root, { recursive: true, force: true });
    git(source, 'clone', '--quiet', '--mirror', '--no-hardlinks', source, root);
    git(root, 'read-tree', 'modules');
  };
  const all = ids.map(([id]) => id);
  const outcomes = new Map<boolean, number>();
  // Every kind of object, and none at all.
  const rare = ids.filter(([, type]) => type === 'tag').map(([id]) => id);
  const removed = ['', '', ...rare, ...Array.from({ length: runs({ fast: 16, long: 400 }) }, () => random.pick(all))];
  for (const id of removed) {
    copy();
    packWithout(
      root,
      all,
      id,
      Array.from({ length: random.between(0, 3) * 3 }, () => random.pick(all)),
    );
    const expected = await orFalse(isCompleteByGit(root));
    expect([id, await orFalse(isCompleteByLinks(root))]).toEqual([id, expected]);
    outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1);
  }
  expect(outcomes.get(true)).toBeGreaterThan(1);
  expect(outcomes.get(false)).toBeGreaterThan(10);
});

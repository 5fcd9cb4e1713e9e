/** The links in packs lead to the same missing objects as git's walk over everything, or leave the decision to it. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { walkReachable } from '../../src/git/all-objects.ts';
import { listRefs } from '../../src/git/refs.ts';
import { GitError } from '../../src/git/spawn.ts';
import type { HistoryOptions } from '../../src/history/history-options.ts';
import { missingByLinks } from '../../src/history/missing.ts';
import { listPackedObjects } from '../../src/history/packs/list-objects.ts';
import { listOwnObjects } from '../../src/history/packs/object-folders.ts';
import { openPacks, scanPacks } from '../../src/history/packs/scan-packs.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createPrefilter } from '../../src/history/packs/prefilter.ts';
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

/** Puts all objects but some into a pack, except for some that are loose. */
function packWithout(root: string, ids: readonly string[], removed: readonly string[], loose: readonly string[]): void {
  const objects = join(root, 'objects');
  const packed = ids.filter((id) => !removed.includes(id) && !loose.includes(id));
  const run = (args: readonly string[], input: string | Buffer): Buffer =>
    execFileSync('git', args, {
      cwd: root,
      env: gitEnvironment(),
      input,
      maxBuffer: 2 ** 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const pack = run(['pack-objects', '--stdout', '--delta-base-offset'], packed.map((id) => `${id}\n`).join(''));
  const others = loose.filter((id) => !removed.includes(id));
  const contents = run(['cat-file', '--batch'], others.map((id) => `${id}\n`).join(''));
  for (const name of readdirSync(objects)) if (name !== 'info') rmSync(join(objects, name), { recursive: true });
  mkdirSync(join(objects, 'pack'));
  run(['index-pack', '--stdin'], pack);
  let at = 0;
  for (const id of others) {
    const start = contents.indexOf('\n', at) + 1;
    const [, type, size] = contents.toString('latin1', at, start - 1).split(' ');
    at = start + Number(size) + 1;
    const folder = join(objects, id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    const object = Buffer.concat([Buffer.from(`${type} ${size}\0`), contents.subarray(start, at - 1)]);
    writeFileSync(join(folder, id.slice(2)), deflateSync(object));
  }
}

/** Undefined: git must decide. */
async function missingByOurs(root: string): Promise<string[] | undefined> {
  const where = { cwd: root, env: gitEnvironment() };
  const own = await listOwnObjects(where);
  const packs = await openPacks(where);
  const list = await listPackedObjects(packs, { own: own!, least: 0, options: where, onWarning: () => {} });
  const options = { ...where, list, packs, isAll: true } as unknown as HistoryOptions;
  const packed = await scanPacks(packs, {
    ruleset: builtinRuleset(),
    prefilter: createPrefilter(builtinRuleset(), createKernel),
    list: list!,
    maxBlob: undefined,
    archives: false,
    scanned: () => {},
  });
  return (await missingByLinks(packed, await listRefs(where), options))?.toSorted();
}

/** Undefined: git cannot walk at all, which is a gap. */
async function missingByGit(root: string): Promise<string[] | undefined> {
  const ids: string[] = [];
  await walkReachable({ cwd: root, env: gitEnvironment() }, [], (id, isMissing) => {
    if (isMissing) ids.push(id);
  });
  return ids.toSorted();
}

/** Where git cannot list refs or walk at all, there is a gap anyway. */
async function orUndefined<T>(value: Promise<T>): Promise<T | undefined> {
  return await value.catch((error: unknown) => {
    if (error instanceof GitError) return undefined;
    throw error;
  });
}

function idsOf(root: string): (readonly [id: string, type: string])[] {
  return git(root, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)')
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
}

/** A copy of the repository, to be damaged. */
function copyOf(source: string): string {
  const root = join(source, '..', 'copy.git');
  rmSync(root, { recursive: true, force: true });
  cpSync(source, root, { recursive: true });
  return root;
}

it('some objects are missing', { timeout: 600_000 }, async () => {
  const random = new Random(31);
  const source = repository(17);
  const ids = idsOf(source);
  const all = ids.map(([id]) => id);
  const blobs = ids.filter(([, type]) => type === 'blob').map(([id]) => id);
  const count = { decided: 0, missing: 0, left: 0 };
  // Every kind of object, and none at all.
  const rare = ids.filter(([, type]) => type === 'tag').map(([id]) => [id]);
  const each = Array.from({ length: runs({ fast: 6, long: 300 }) }, () => [random.pick(all)]);
  const several = Array.from({ length: runs({ fast: 4, long: 100 }) }, () =>
    Array.from({ length: random.between(2, 6) }, () => random.pick(blobs)),
  );
  for (const removed of [[], [], ...rare, ...each, ...several]) {
    const root = copyOf(source);
    packWithout(
      root,
      all,
      removed,
      Array.from({ length: random.between(0, 3) * 3 }, () => random.pick(all)),
    );
    const ours = await orUndefined(missingByOurs(root));
    const expected = await orUndefined(missingByGit(root));
    if (ours === undefined) count.left++;
    else expect([removed, ours]).toEqual([removed, expected]);
    if (ours !== undefined) count[ours.length > 0 ? 'missing' : 'decided']++;
  }
  // Git decides where commits, tags or what a ref names are missing, and where nothing names a tree any more.
  expect(count.decided).toBeGreaterThan(1);
  expect(count.missing).toBeGreaterThan(5);
  expect(count.left).toBeGreaterThan(2);
});

it('objects that nothing leads to are not missed', async () => {
  const source = repository(18);
  const ids = idsOf(source).map(([id]) => id);
  const root = copyOf(source);
  const input = (text: string, ...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, env: gitEnvironment(), input: text, encoding: 'utf8' }).trim();
  const blob = input('nowhere\n', 'hash-object', '-w', '--stdin');
  const tree = input(`100644 blob ${blob}\tnowhere\n`, 'mktree');
  const commit = input('', 'commit-tree', tree, '-m', 'left over');
  packWithout(root, [...ids, tree, commit, blob], [blob], []);
  expect(await missingByGit(root)).toEqual([]);
  expect(await missingByOurs(root)).toBe(undefined);
  git(root, 'update-ref', 'refs/heads/nowhere', commit);
  expect(await missingByGit(root)).toEqual([blob]);
  expect(await missingByOurs(root)).toEqual([blob]);
});

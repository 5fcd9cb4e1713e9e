/**
 * A partial clone compared with a whole one, over random repositories: with what is fetched it finds the same, and without it
 * either the same, or it says what it could not scan. Never less in silence, and never a gap for what is there.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchPromised } from '../../src/git/partial.ts';
import { rangeSource } from '../../src/range/range.ts';
import { stagedSource } from '../../src/staged/staged.ts';
import {
  changed,
  changedOften,
  FOLDERS,
  graphOf,
  repositoryOf,
  scanned,
  type Tree,
  type World,
} from '../support/file-graphs.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder, writeFiles } from '../support/temp-folder.ts';

const FILTERS = ['blob:none', 'tree:0'] as const;
const CASES = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  filter: fc.constantFrom(...FILTERS),
  checkedOut: fc.subarray(FOLDERS),
});
const everything = { excludes: () => false, previouslyExcluded: () => false };

/** A repository that clones may ask for parts. */
function upstreamOf(graph: Parameters<typeof repositoryOf>[0]): string {
  const root = repositoryOf(graph);
  graph.trees.forEach((_, index) => git(root, 'update-ref', `refs/heads/c${index}`, `refs/c/${index}`));
  git(root, 'symbolic-ref', 'HEAD', 'refs/heads/c0');
  git(root, 'config', 'uploadpack.allowFilter', 'true');
  git(root, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return root;
}

/** @param checkedOut folders whose files are fetched; absent: all of a whole clone */
function cloneOf(upstream: string, filter?: string, checkedOut: readonly string[] = []): string {
  const root = join(tempFolder(), 'clone');
  const how = filter === undefined ? [] : [`--filter=${filter}`];
  git(upstream, 'clone', '--quiet', '--no-checkout', ...how, `file://${upstream}`, root);
  if (filter === undefined) git(root, 'checkout', '--quiet');
  else if (checkedOut.length > 0) {
    git(root, 'sparse-checkout', 'set', ...checkedOut);
    git(root, 'checkout', '--quiet');
  } else git(root, 'read-tree', 'HEAD');
  return root;
}

function isHere(root: string, blob: string): boolean {
  const env = { ...gitEnvironment(), GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };
  return spawnSync('git', ['cat-file', '-e', blob], { cwd: root, env }).status === 0;
}

function worldOf(seed: number): World {
  return { random: new Random(seed), token: tokenMint(seed), tokens: [] };
}

describe('a partial clone', () => {
  it('a range: fetched, it is that of a whole clone; else the same, or a gap', async () => {
    const property = fc.asyncProperty(CASES, async ({ seed, filter, checkedOut }) => {
      const graph = graphOf(worldOf(seed));
      const upstream = upstreamOf(graph);
      const [base, tip] = ['refs/c/0', `refs/c/${graph.trees.length - 1}`].map((ref) =>
        git(upstream, 'rev-parse', ref).trim(),
      ) as [string, string];
      const range = { include: [tip], exclude: [base] };
      const look = async (root: string, fetches: boolean) => {
        const options = { cwd: root, env: gitEnvironment(), ...(fetches ? { fetches: true as const } : {}) };
        if (fetches) await fetchPromised(range, options);
        return await scanned(
          rangeSource({
            ...options,
            ...everything,
            tips: [{ object: tip }],
            exclude: [base],
            deepenHint: '',
            fetchHint: '--fetch',
          }),
        );
      };
      const whole = await look(cloneOf(upstream), false);
      expect(whole.gaps).toEqual([]);
      const partial = cloneOf(upstream, filter, checkedOut);
      const before = await look(partial, false);
      if (before.gaps.length === 0) expect(before.found).toEqual(whole.found);
      for (const gap of before.gaps)
        expect([gap.message, gap.hint]).toEqual([expect.stringContaining('partial clone'), '--fetch']);
      expect(await look(partial, true)).toEqual(whole);
      // It is here now.
      expect(await look(partial, false)).toEqual(whole);
    });
    await fc.assert(property, { numRuns: runs({ fast: 2, long: 16 }), endOnFailure: true });
  });

  it('the next commit: the same, or a gap for what is new and not here', async () => {
    const property = fc.asyncProperty(CASES, async ({ seed, filter, checkedOut }) => {
      const world = worldOf(seed);
      let head: Tree = new Map();
      for (let files = world.random.between(2, 5); files > 0; files--) head = changed(head, world);
      const next = changedOften(changedOften(head, world), world);
      const upstream = upstreamOf({ trees: [head, next], parents: [[], [0]] });
      const own = world.random.between(0, 1) === 0 ? `own = "${world.token()}"\n` : 'own\n';
      const ownPath = world.random.pick([...next.keys(), 'own.txt']);
      const kind = world.random.between(0, 3);
      const look = async (root: string) => {
        const to = git(root, 'rev-parse', 'refs/remotes/origin/c1').trim();
        if (kind === 0) git(root, 'read-tree', to);
        else if (kind === 1) for (const path of head.keys()) git(root, 'update-index', '--force-remove', path);
        writeFiles(root, { '../own': own });
        const blob = git(root, 'hash-object', '-w', '../own').trim();
        git(root, 'update-index', '--add', '--cacheinfo', `100644,${blob},${ownPath}`);
        return await scanned(stagedSource({ cwd: root, env: gitEnvironment(), ...everything }));
      };
      const whole = await look(cloneOf(upstream));
      expect(whole.gaps).toEqual([]);
      const root = cloneOf(upstream, filter, checkedOut);
      const { found, gaps } = await look(root);
      for (const { uri, message } of gaps) {
        expect(message).toContain('partial clone');
        // Git itself fetches trees when it makes an index; a gap for all of them is that HEAD's are not here.
        if (uri === undefined) expect(isHere(root, 'HEAD^{tree}')).toBe(false);
        else expect(isHere(root, git(root, 'rev-parse', `:${uri}`).trim())).toBe(false);
      }
      if (gaps.length > 0) return;
      for (const each of whole.found) expect(found).toContain(each);
      const old = git(root, 'diff', '--cached', '--raw', '--no-abbrev', '--no-renames')
        .split('\n')
        .map((line) => line.split(' ')[2] ?? '');
      if (old.filter((id) => /[1-9a-f]/.test(id)).every((id) => isHere(root, id))) expect(found).toEqual(whole.found);
    });
    await fc.assert(property, { numRuns: runs({ fast: 4, long: 28 }), endOnFailure: true });
  });
});

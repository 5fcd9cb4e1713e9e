/** Clones of a fleet, from a real server of git: what is fetched, kept and said. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lsRemote, dropMirror, type CloneResult } from '../../src/fleet/clone.ts';
import { KEY, hosted, testStore } from '../support/cloned.ts';
import { gitServer } from '../support/git-server.ts';
import { runs } from '../support/runs.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const REFS = runs({ fast: 1000, long: 10_000 });

/** The clone, or a failure that says why. */
function cloned(result: CloneResult): Extract<CloneResult, { outcome: 'cloned' }> {
  if (result.outcome !== 'cloned') throw new Error(`${result.outcome}: ${result.reason}`);
  return result;
}

const objectsOf = (folder: string): string[] =>
  git(folder, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n').filter(Boolean);

describe('what is fetched', () => {
  it('every ref that is offered with all its objects, bare, and nothing is fetched twice', async () => {
    const { root, work, bare } = hosted();
    git(work, 'tag', '-a', 'v1', '-m', 'release');
    git(work, 'push', '--quiet', bare, 'v1', 'HEAD:refs/merge-requests/7/head', 'HEAD:refs/heads/other');
    const server = await gitServer({ root });
    const { store, options, clone } = testStore();
    const first = cloned(await clone(`${server.url}/shop.git`));
    expect(first).toMatchObject({ coverage: 'advertised-refs', change: 'new', missingRefs: 0, notes: [] });
    expect(first.folder).toBe(join(store, 'mirror', '01', `${KEY}.git`));
    expect(first.tip).toBe(git(work, 'rev-parse', 'HEAD').trim());
    expect(first.bytes).toBeGreaterThan(0);
    expect(objectsOf(first.folder)).toEqual(objectsOf(bare));
    expect(git(first.folder, 'show-ref')).toBe(git(bare, 'show-ref'));
    expect(git(first.folder, 'rev-parse', '--is-bare-repository', '--is-shallow-repository')).toBe('true\nfalse\n');
    expect(git(first.folder, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n');
    expect(existsSync(join(first.folder, 'hooks'))).toBe(false);

    const before = server.requests.length;
    const again = cloned(await clone(`${server.url}/shop.git`));
    expect(again).toEqual({ ...first, change: 'none', bytes: 0 });
    expect(server.requests.length - before).toBe(1);
    const listed = await lsRemote({ key: KEY, url: `${server.url}/shop.git` }, options);
    expect(listed).toEqual({ outcome: 'listed', refs: first.refs, tip: first.tip, count: 4 });
    expect(server.requests.length - before).toBe(2);
    expect(readdirSync(dirname(first.folder))).toEqual([`${KEY}.git`]);
    await dropMirror(options, KEY);
    expect(readdirSync(dirname(first.folder))).toEqual([]);
  });

  it('follows a force push and a deleted branch, and keeps the objects that they replace', async () => {
    const { root, work, bare } = hosted();
    git(work, 'push', '--quiet', bare, 'HEAD:refs/heads/gone', 'HEAD:refs/heads/a');
    const server = await gitServer({ root });
    const { clone } = testStore();
    const { folder, refs, tip: old } = cloned(await clone(`${server.url}/shop.git`));
    git(work, 'commit', '--quiet', '--amend', '-m', 'other');
    git(work, 'push', '--quiet', '--force', bare, 'main', ':refs/heads/gone', ':refs/heads/a', 'HEAD:refs/heads/a/b');
    const updated = cloned(await clone(`${server.url}/shop.git`));
    expect(updated).toMatchObject({ change: 'updated', missingRefs: 0 });
    expect(updated.refs).not.toBe(refs);
    expect(git(folder, 'show-ref')).toBe(git(bare, 'show-ref'));
    expect(updated.tip).toBe(git(work, 'rev-parse', 'HEAD').trim());
    expect(git(folder, 'cat-file', '-t', old!)).toBe('commit\n');
  });

  it(`${REFS} refs, which are one file in the mirror`, async () => {
    const { root, work, bare } = hosted();
    const tip = git(work, 'rev-parse', 'HEAD').trim();
    const names = Array.from({ length: REFS }, (_, index) => `${tip} refs/heads/b/${`${index}`.padStart(5, '0')}\n`);
    writeFileSync(join(bare, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${names.join('')}`);
    const server = await gitServer({ root });
    const { clone } = testStore();
    const { folder, missingRefs } = cloned(await clone(`${server.url}/shop.git`));
    expect(missingRefs).toBe(0);
    expect(git(folder, 'for-each-ref', '--format=x').length).toBe(2 * (REFS + 1));
    expect(
      readdirSync(join(folder, 'refs'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile()),
    ).toEqual([]);
    expect(cloned(await clone(`${server.url}/shop.git`)).change).toBe('none');
  });

  it('a ref that git cannot keep is counted, at the first fetch and later, and its objects are there', async () => {
    const { root, work, bare } = hosted();
    const tip = git(work, 'rev-parse', 'HEAD').trim();
    git(work, 'commit', '--quiet', '--allow-empty', '-m', 'hidden');
    const hidden = git(work, 'rev-parse', 'HEAD').trim();
    git(work, 'push', '--quiet', bare, 'HEAD:refs/heads/x');
    writeFileSync(join(bare, 'packed-refs'), `${hidden} refs/heads/x/y\n${tip} refs/heads/z\n`);
    writeFileSync(join(bare, 'refs/heads/x'), `${tip}\n`);
    const server = await gitServer({ root });
    const { clone } = testStore();
    const url = `${server.url}/shop.git`;
    const first = cloned(await clone(url));
    expect(first).toMatchObject({ change: 'new', missingRefs: 1, tip });
    expect(git(first.folder, 'cat-file', '-t', hidden)).toBe('commit\n');
    expect(cloned(await clone(url))).toMatchObject({ change: 'updated', missingRefs: 1, bytes: 0 });
  });

  it('repositories with SHA-256; and one of the other hash in place of the first', async () => {
    const root = tempFolder();
    const work = tempFolder();
    git(work, 'init', '--quiet', '--object-format=sha256', '--initial-branch=trunk');
    git(work, 'commit', '--quiet', '--allow-empty', '-m', 'first');
    git(root, 'clone', '--quiet', '--bare', work, 'shop.git');
    const server = await gitServer({ root });
    const { clone } = testStore();
    const first = cloned(await clone(`${server.url}/shop.git`));
    expect(first.tip).toMatch(/^[0-9a-f]{64}$/);
    expect(git(first.folder, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk\n');
    git(root, 'clone', '--quiet', '--bare', tempRepository({ a: 'x' }), 'other.git');
    const second = cloned(await clone(`${server.url}/other.git`));
    expect(second).toMatchObject({ change: 'new', folder: first.folder });
    expect(second.tip).toMatch(/^[0-9a-f]{40}$/);
    expect(readdirSync(dirname(first.folder))).toEqual([`${KEY}.git`]);
  });

  it('an empty repository is an outcome, and one that becomes empty loses no object', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet', '--bare', 'empty.git');
    const { root: other, bare } = hosted();
    const server = await gitServer({ root });
    const { clone, store } = testStore();
    expect(await clone(`${server.url}/empty.git`)).toMatchObject({ outcome: 'empty' });
    expect(existsSync(join(store, 'mirror'))).toBe(false);
    const full = await gitServer({ root: other });
    const { folder, tip } = cloned(await clone(`${full.url}/shop.git`));
    git(bare, 'update-ref', '-d', 'refs/heads/main');
    expect(await clone(`${full.url}/shop.git`)).toMatchObject({ outcome: 'empty' });
    expect(git(folder, 'cat-file', '-t', tip!)).toBe('commit\n');
    expect(git(folder, 'for-each-ref')).toBe('');
  });

  it('a detached HEAD, an unborn one, and one that names nothing of the server', async () => {
    const { root, work, bare } = hosted();
    git(work, 'commit', '--quiet', '--allow-empty', '-m', 'aside');
    const aside = git(work, 'rev-parse', 'HEAD').trim();
    git(work, 'push', '--quiet', bare, 'HEAD:refs/heads/aside');
    writeFileSync(join(bare, 'HEAD'), `${aside}\n`);
    git(bare, 'update-ref', '-d', 'refs/heads/aside');
    const server = await gitServer({ root });
    const { clone } = testStore();
    const url = `${server.url}/shop.git`;
    const first = cloned(await clone(url));
    expect(first.tip).toBe(aside);
    expect(cloned(await clone(url)).change).toBe('none');
    writeFileSync(join(bare, 'HEAD'), 'ref: refs/heads/none\n');
    expect(cloned(await clone(url))).toMatchObject({ change: 'updated', tip: undefined });
    expect(cloned(await clone(url)).change).toBe('none');
  });

  it('says that LFS files and submodules are not fetched, and asks no other server for them', async () => {
    const other = await gitServer({ root: tempFolder() });
    const { root, work, bare } = hosted({ 'art/.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n' });
    writeFiles(work, {
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ${other.url}/x.git\n`,
      '.lfsconfig': `[lfs]\n\turl = ${other.url}/lfs\n`,
    });
    git(work, 'update-index', '--add', '--cacheinfo', `160000,${git(work, 'rev-parse', 'HEAD').trim()},x`);
    git(work, 'add', '.gitmodules', '.lfsconfig');
    git(work, 'commit', '--quiet', '-m', 'more');
    git(work, 'push', '--quiet', bare, 'main');
    const server = await gitServer({ root });
    const { notes } = cloned(await testStore().clone(`${server.url}/shop.git`));
    expect(notes.join('\n')).toMatch(/Git LFS[\s\S]*submodules/);
    expect(other.requests).toEqual([]);
  });
});

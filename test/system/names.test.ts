/** Names that hold a token: each kind of name, in each source that meets it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { runs } from '../support/runs.ts';
import {
  diffJson,
  fingerprintOf,
  historyJson,
  type ScanReport,
  scanJson,
  stagedJson,
  tokenMint,
} from '../support/scan-report.ts';
import { git, gitEnvironment, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(76);
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function gitWith(root: string, input: string, ...args: string[]): string {
  const options = { cwd: root, env: gitEnvironment(), input, encoding: 'utf8' } as const;
  return execFileSync('git', args, options).trim();
}

/** A tree of one entry below folders: `a/b/NAME`. */
function treeOf(root: string, entry: string, path: string): string {
  const names = path.split('/');
  let tree = gitWith(root, `${entry}\t${names.pop()!}\n`, 'mktree', '--missing');
  for (const name of names.toReversed()) tree = gitWith(root, `040000 tree ${tree}\t${name}\n`, 'mktree');
  return tree;
}

const blob = (root: string, text: string): string => gitWith(root, text, 'hash-object', '-w', '--stdin');

/** A commit on top of HEAD, to which no ref leads. */
const commitOf = (root: string, tree: string, message = 'x'): string =>
  gitWith(root, message, 'commit-tree', tree, '-p', 'HEAD');

const tagOf = (root: string, object: string, type: string, name = 'v1', message = 'x', tagger = 'A'): string =>
  gitWith(
    root,
    `object ${object}\ntype ${type}\ntag ${name}\ntagger ${tagger} <a@example.com> 1700000000 +0000\n\n${message}\n`,
    'mktag',
    '--no-strict',
  );

interface Placed {
  readonly object: string;
  readonly ref: string;
}

type Place = (root: string, secret: string, path: string) => Placed;

/** A leak in a commit, for every kind of ref that leads to it. @param path has the token in it */
const IN_COMMITS: Readonly<Record<string, Place>> = {
  'a file, or a folder with one in it': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `100644 blob ${blob(root, 'x\n')}`, path)),
    ref: 'refs/heads/topic',
  }),
  'a symbolic link': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `120000 blob ${blob(root, 'x')}`, path)),
    ref: 'refs/heads/topic',
  }),
  'where a symbolic link leads to': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `120000 blob ${blob(root, path)}`, 'link')),
    ref: 'refs/heads/topic',
  }),
  'a submodule': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `160000 commit ${'1'.repeat(40)}`, path)),
    ref: 'refs/heads/topic',
  }),
  'an empty folder': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `040000 tree ${EMPTY_TREE}`, path)),
    ref: 'refs/heads/topic',
  }),
  'an author': (root, secret) => {
    const plain = git(root, 'cat-file', 'commit', 'HEAD');
    const changed = plain.replace('author A', `parent ${git(root, 'rev-parse', 'HEAD').trim()}\nauthor ${secret}`);
    return { object: gitWith(root, changed, 'hash-object', '-t', 'commit', '-w', '--stdin'), ref: 'refs/heads/topic' };
  },
  'a message': (root, secret) => ({
    object: commitOf(root, git(root, 'rev-parse', 'HEAD^{tree}').trim(), `x\n\n${secret}`),
    ref: 'refs/heads/topic',
  }),
};

/** Leaks in refs that lead to something other than a commit, and in names of refs. */
const IN_REFS: Readonly<Record<string, Place>> = {
  'a branch': (root, secret) => ({ object: git(root, 'rev-parse', 'HEAD').trim(), ref: `refs/heads/x/${secret}` }),
  'a tag': (root, secret) => ({ object: git(root, 'rev-parse', 'HEAD').trim(), ref: `refs/tags/${secret}` }),
  'a tag object': (root, secret) => ({
    object: tagOf(root, git(root, 'rev-parse', 'HEAD').trim(), 'commit', secret),
    ref: 'refs/tags/v1',
  }),
  'a tagger': (root, secret) => ({
    object: tagOf(root, git(root, 'rev-parse', 'HEAD').trim(), 'commit', 'v1', 'x', secret),
    ref: 'refs/tags/v1',
  }),
  'the message of a tag': (root, secret) => ({
    object: tagOf(root, git(root, 'rev-parse', 'HEAD').trim(), 'commit', 'v1', `x\n\n${secret}`),
    ref: 'refs/tags/v1',
  }),
  'a file in a tagged tree': (root, _, path) => ({
    object: tagOf(root, treeOf(root, `100644 blob ${blob(root, 'x\n')}`, path), 'tree'),
    ref: 'refs/tags/v1',
  }),
  'a submodule in a tagged tree': (root, _, path) => ({
    object: treeOf(root, `160000 commit ${'1'.repeat(40)}`, path),
    ref: 'refs/tags/v1',
  }),
  'an empty folder in a tagged tree': (root, _, path) => ({
    object: treeOf(root, `040000 tree ${EMPTY_TREE}`, path),
    ref: 'refs/tags/v1',
  }),
  'a note': (root, secret) => ({
    object: commitOf(root, treeOf(root, `100644 blob ${blob(root, secret)}`, git(root, 'rev-parse', 'HEAD').trim())),
    ref: 'refs/notes/commits',
  }),
  'a file next to notes': (root, _, path) => ({
    object: commitOf(root, treeOf(root, `100644 blob ${blob(root, 'x\n')}`, path)),
    ref: 'refs/notes/commits',
  }),
};

/** `a/TOKEN/b` in its forms. */
const PATH = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'é'), { maxLength: 2 }), fc.constantFrom('', '.txt', '/c', '/c/d'))
  .map(
    ([above, below]) =>
      (secret: string) =>
        [...above, `${secret}${below}`].join('/'),
  );

function finds(report: ScanReport, secret: string): boolean {
  return report.findings.some(({ secretFingerprint }) => secretFingerprint === fingerprintOf(secret));
}

/** Every output is safe, whatever name contains the token. */
function expectFound(
  { stdout, stderr, report }: { stdout: string; stderr: string; report: ScanReport },
  secret: string,
) {
  expect(finds(report, secret)).toBe(true);
  expect(stdout + stderr).not.toContain(secret.slice(6));
}

const base = (): string => tempRepository({ 'a.txt': 'x\n' });

async function received(root: string, { object, ref }: Placed) {
  return await glaive(['hook', 'run', 'pre-receive'], { cwd: root, input: `${'0'.repeat(40)} ${object} ${ref}\n` });
}

describe.each(Object.entries(IN_COMMITS))('in the name of %s', (_, place) => {
  it('diff, pre-receive and history find it', async () => {
    await fc.assert(
      fc.asyncProperty(PATH, async (pathOf) => {
        const root = base();
        const secret = token();
        const placed = place(root, secret, pathOf(secret));
        const pushed = await received(root, placed);
        expect({ code: pushed.code, says: pushed.stderr }).toMatchObject({
          code: 1,
          says: expect.stringContaining('rejected: 1 credential found'),
        });
        expect(pushed.stderr).not.toContain(secret.slice(6));
        expectFound(await diffJson(root, [`HEAD..${placed.object}`]), secret);
        // What was there before is not new.
        const later = commitOf(root, git(root, 'rev-parse', `${placed.object}^{tree}`).trim());
        const again = gitWith(root, 'y', 'commit-tree', `${later}^{tree}`, '-p', placed.object);
        expect((await diffJson(root, [`${placed.object}..${again}`])).report.findings).toEqual([]);
        git(root, 'update-ref', placed.ref, placed.object);
        expectFound(await historyJson(root), secret);
      }),
      { numRuns: runs({ fast: 1, long: 4 }) },
    );
  });
});

describe.each(Object.entries(IN_REFS))('in the name of %s', (_, place) => {
  it('pre-receive and history find it', async () => {
    await fc.assert(
      fc.asyncProperty(PATH, async (pathOf) => {
        const root = base();
        const secret = token();
        const placed = place(root, secret, pathOf(secret));
        const pushed = await received(root, placed);
        expect({ code: pushed.code, says: pushed.stderr }).toMatchObject({
          code: 1,
          says: expect.stringContaining('rejected: 1 credential found'),
        });
        expect(pushed.stderr).not.toContain(secret.slice(6));
        git(root, 'update-ref', placed.ref, placed.object);
        expectFound(await historyJson(root), secret);
      }),
      { numRuns: runs({ fast: 1, long: 4 }) },
    );
  });
});

describe('on the disk', () => {
  const KINDS: Readonly<Record<string, (path: string, secret: string) => void>> = {
    'a file': (path) => writeFiles(dirname(path), { [path.slice(dirname(path).length + 1)]: 'x\n' }),
    'a symbolic link': (path) => symlinkSync('nowhere', path),
    'where a symbolic link leads to': (path, secret) => symlinkSync(`/srv/${secret}`, join(dirname(path), 'link')),
    'an empty folder': (path) => mkdirSync(path),
    'a socket or FIFO': (path) => execFileSync('mkfifo', [path]),
  };

  it.each(Object.entries(KINDS))('scan finds it in the name of %s', async (kind, make) => {
    // Git neither lists nor commits these.
    for (const inGit of /folder|FIFO/.test(kind) ? [false] : [false, true]) {
      const root = base();
      if (!inGit) rmSync(join(root, '.git'), { recursive: true });
      const secret = token();
      make(join(root, secret), secret);
      expectFound(await scanJson(['.'], { cwd: root }), secret);
    }
  });

  it('scan and staged find the path of a submodule, checked out or not', async () => {
    const root = base();
    const secret = token();
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub/${secret}`);
    expectFound(await stagedJson(root), secret);
    expectFound(await scanJson(['.'], { cwd: root }), secret);
    mkdirSync(join(root, 'sub', secret), { recursive: true });
    expectFound(await scanJson(['.'], { cwd: root }), secret);
    git(join(root, 'sub', secret), 'init', '--quiet');
    expectFound(await scanJson(['.'], { cwd: root }), secret);
  });

  it('staged finds it in the names of links and where they lead to', async () => {
    for (const [name, target] of [
      [(secret: string) => secret, () => 'x'],
      [() => 'link', (secret: string) => secret],
    ] as const) {
      const root = base();
      const secret = token();
      symlinkSync(target(secret), join(root, name(secret)));
      git(root, 'add', '--all');
      expectFound(await stagedJson(root), secret);
      expectFound(await scanJson(['.'], { cwd: root }), secret);
    }
  });
});

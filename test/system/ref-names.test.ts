/**
 * Names of refs as git allows them. A name that may mean several things is an error that lists them: git takes one of them,
 * and a pushed tag or branch could hide a whole range.
 */

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectOf } from '../../src/git/resolve.ts';
import { GlaiveError } from '../../src/model/errors.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { runs, some } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(4241);

interface Cloned {
  readonly root: string;
  /** What origin/main is. */
  readonly base: string;
  /** What HEAD is, with a leak that origin/main has not. */
  readonly tip: string;
}

function clone(): Cloned {
  const upstream = tempRepository({ 'a.txt': 'one\n' });
  const root = join(tempFolder(), 'clone');
  git(upstream, 'clone', '--quiet', upstream, root);
  const base = git(root, 'rev-parse', 'HEAD').trim();
  writeFiles(root, { 'b.txt': `token = "${token()}"\n` });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'leak');
  return { root, base, tip: git(root, 'rev-parse', 'HEAD').trim() };
}

function expectAmbiguous({ code, stderr }: Ran, ...names: readonly string[]): void {
  expect(code).toBe(2);
  expect(stderr).toContain('is ambiguous');
  for (const name of names) expect(stderr).toContain(name);
  expect(stderr).not.toContain('internal error');
}

describe('glaive diff A..B', () => {
  const rivals = [
    'refs/tags/origin/main',
    'refs/heads/origin/main',
    'refs/origin/main',
    'refs/remotes/origin/main/HEAD',
  ];
  it.each(rivals.slice(0, 3))('origin/main, and %s', async (rival) => {
    const { root, tip } = clone();
    git(root, 'update-ref', rival, tip);
    for (const args of [
      ['diff', 'origin/main..HEAD'],
      ['diff', 'origin/main'],
      ['diff', 'origin/main~0...HEAD'],
      ['diff', '--fetch', 'origin/main..HEAD'],
    ])
      expectAmbiguous(await glaive(args, { cwd: root }), 'refs/remotes/origin/main', rival);
    git(root, 'config', 'core.warnAmbiguousRefs', 'false');
    expectAmbiguous(await glaive(['diff', 'origin/main..HEAD'], { cwd: root }), rival);
    expect(await glaive(['diff', 'refs/remotes/origin/main..HEAD'], { cwd: root })).toMatchObject({ code: 1 });
  });

  it('a tag that is called as the branch of a remote that was not fetched', async () => {
    const { root, tip, base } = clone();
    git(root, 'update-ref', '-d', 'refs/remotes/origin/main');
    git(root, 'tag', 'origin/main', tip);
    expectAmbiguous(
      await glaive(['diff', 'origin/main..HEAD'], { cwd: root }),
      'refs/tags/origin/main',
      'refs/remotes/origin/main',
    );
    git(root, 'tag', 'release/1', base);
    expect(await glaive(['diff', 'release/1..HEAD'], { cwd: root })).toMatchObject({ code: 1 });
  });

  it('a branch with a full name as its name', async () => {
    const { root, tip } = clone();
    git(root, 'update-ref', 'refs/heads/refs/remotes/origin/main', tip);
    expect(await glaive(['diff', 'refs/remotes/origin/main..HEAD'], { cwd: root })).toMatchObject({ code: 1 });
    git(root, 'update-ref', '-d', 'refs/remotes/origin/main');
    const ran = await glaive(['diff', 'refs/remotes/origin/main..HEAD'], { cwd: root });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('git knows no commit');
  });

  it('a branch that is called like an id', async () => {
    const { root, base, tip } = clone();
    git(root, 'update-ref', `refs/heads/${base.slice(0, 8)}`, tip);
    expectAmbiguous(
      await glaive(['diff', `${base.slice(0, 8)}..HEAD`], { cwd: root }),
      base,
      `refs/heads/${base.slice(0, 8)}`,
    );
    git(root, 'update-ref', `refs/heads/${base}`, tip);
    expect(await glaive(['diff', `${base}..HEAD`], { cwd: root })).toMatchObject({ code: 1 });
    expect(await glaive(['diff', `${base.slice(0, 9)}..HEAD`], { cwd: root })).toMatchObject({ code: 1 });
  });

  it('HEAD and @ are what is checked out, whatever else is called so', async () => {
    const { root, base } = clone();
    git(root, 'update-ref', 'refs/tags/HEAD', base);
    git(root, 'update-ref', 'refs/heads/HEAD', base);
    for (const range of ['origin/main..HEAD', 'origin/main..@', 'HEAD~1..HEAD'])
      expect(await glaive(['diff', range], { cwd: root })).toMatchObject({ code: 1 });
  });

  it('in a pipeline only the full name counts', async () => {
    const { root, tip } = clone();
    const env = {
      GITLAB_CI: '1',
      CI_COMMIT_SHA: tip,
      CI_COMMIT_TAG: 'v1',
      CI_DEFAULT_BRANCH: 'main',
    };
    git(root, 'update-ref', 'refs/heads/refs/remotes/origin/main', tip);
    expect(await glaive(['diff'], { cwd: root, env })).toMatchObject({ code: 1 });
    git(root, 'update-ref', '-d', 'refs/remotes/origin/main');
    expect(await glaive(['diff'], { cwd: root, env })).toMatchObject({ code: 2 });
    expect(await glaive(['diff', '--fetch'], { cwd: root, env })).toMatchObject({ code: 1 });
  });
});

it('warnings of git are reported', async () => {
  const { root } = clone();
  const { code, stderr } = await glaive(['diff', 'main@{2000-01-01}..HEAD'], { cwd: root });
  expect(stderr).toMatch(/note: git warns: log for '?.*main'? only goes back to/);
  expect([0, 1]).toContain(code);
});

it('glaive history --not and --since', async () => {
  const { root, base, tip } = clone();
  git(root, 'update-ref', 'refs/tags/origin/main', tip);
  for (const flag of ['--not', '--since'])
    expectAmbiguous(
      await glaive(['history', flag, 'origin/main'], { cwd: root }),
      'refs/remotes/origin/main',
      'refs/tags/origin/main',
    );
  expect(await glaive(['history', '--not', 'refs/remotes/origin/main'], { cwd: root })).toMatchObject({ code: 1 });
  git(root, 'tag', '2026-01-01', base);
  const dated = await glaive(['history', '--since', '2026-01-01'], { cwd: root });
  expect(dated).toMatchObject({ code: 2, stderr: expect.stringContaining(base) });
  expect(await glaive(['history', '--since', '2025-12-01T00:00:00Z'], { cwd: root })).toMatchObject({ code: 1 });
  expect(await glaive(['history', '--since', 'release-1'], { cwd: root })).toMatchObject({ code: 2 });
});

it('a name means what git takes it for, or is refused where git warns', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  git(root, 'remote', 'add', 'origin', 'nowhere');
  const ids = Array.from({ length: 7 }, (_, index) => {
    git(root, 'commit', '--quiet', '--allow-empty', '--message', `${index}`);
    return git(root, 'rev-parse', 'HEAD').trim();
  });
  const first = ids[0]!.slice(0, 7);
  const names = ['main', 'x', 'a/x', first, 'tags/x', 'heads/x', 'remotes/a/x', 'refs/heads/x', 'refs/tags/x', 'HEAD'];
  const places = ['refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'];
  const ref = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...names)).map((parts) => parts.join(''));
  const suffix = fc.constantFrom('', '^{commit}', '~1', '^0');
  const one = fc.asyncProperty(
    fc.uniqueArray(ref, { maxLength: 6 }),
    fc.constantFrom(...names),
    suffix,
    async (refs, name, end) => {
      const made = refs.filter((each, index) => {
        try {
          git(root, 'update-ref', each, ids[1 + (index % 6)]!);
          return true;
        } catch {
          return false; // one is where the other's folder would be
        }
      });
      const said = await runProgram('git', ['-c', 'core.warnAmbiguousRefs=true', 'rev-parse', '--verify', name + end], {
        cwd: root,
      });
      const options = { cwd: root, env: gitEnvironment() };
      const ours = await objectOf(name + end, options).catch((error: unknown) => {
        if (error instanceof GlaiveError && error.message.includes('ambiguous')) return 'ambiguous';
        throw error;
      });
      for (const each of made) if (each !== 'refs/heads/main') git(root, 'update-ref', '-d', each);
      const theirs = said.stdout.trim();
      const isFull = name.startsWith('refs/') || name === 'HEAD';
      if (isFull) expect([undefined, theirs]).toContain(ours);
      else if (said.stderr.includes('is ambiguous')) expect(ours).toBe('ambiguous');
      else if (name === first && made.some((each) => each.endsWith(first))) expect(ours).toBe('ambiguous');
      else expect(ours ?? '').toBe(theirs);
      if (isFull && (name === 'HEAD' || made.includes(name))) expect(ours).toBe(theirs);
    },
  );
  await fc.assert(one, { numRuns: runs({ fast: 20, long: 60 }), interruptAfterTimeLimit: 10_000, endOnFailure: true });
});

describe('names with blanks that are none to git', () => {
  const names = ['a\u00A0b', 'a\u3000b', 'a\u2028b', 'a\u2029b', 'a\uFEFFb', 'a\u0085b', 'ä/ö', 'a"b', "a'b$(c)"];
  it.each(some(names, 3))('%j is let in clean, and found with a leak', async (name) => {
    const server = join(tempFolder(), 'server.git');
    git(tempFolder(), 'init', '--quiet', '--bare', server);
    await glaive(['hook', 'install', '--server', server]);
    const root = tempRepository({ 'a.txt': 'one\n' });
    await glaive(['hook', 'install', '--hooks', 'pre-push'], { cwd: root });
    const push = (): Promise<Ran> =>
      runProgram('git', ['push', '--quiet', server, `HEAD:refs/heads/${name}`], { cwd: root });
    expect(await push()).toMatchObject({ code: 0, stderr: '' });
    git(root, 'update-ref', `refs/heads/${name}`, 'HEAD');
    expect((await glaive(['diff', `${name}..refs/heads/${name}`], { cwd: root })).code).toBe(0);
    writeFiles(root, { 'b.txt': `token = "${token()}"\n` });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'leak');
    expect((await push()).code).not.toBe(0);
    const past = await runProgram('git', ['push', '--quiet', '--no-verify', server, `HEAD:refs/heads/${name}`], {
      cwd: root,
    });
    expect(past.stderr).toContain('The push was rejected');
    expect(past.stderr).not.toContain('git does not write');
  });

  it('what is pushed may be any revision', async () => {
    const server = join(tempFolder(), 'server.git');
    git(tempFolder(), 'init', '--quiet', '--bare', server);
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'commit', '--quiet', '--allow-empty', '--message', 'a message');
    await glaive(['hook', 'install', '--hooks', 'pre-push'], { cwd: root });
    const args = ['push', '--quiet', server, 'HEAD^{/a message}:refs/heads/x'];
    expect(await runProgram('git', args, { cwd: root })).toMatchObject({ code: 0, stderr: '' });
  });
});

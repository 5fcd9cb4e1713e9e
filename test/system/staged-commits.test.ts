/** The gate in front of real commits: every way to make one runs the installed hook, with the index that git gives it. */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRuns, hookedRepository, installHooks } from '../support/hooked.ts';
import { runProgram } from '../support/run-program.ts';
import { placesOf, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(32);
const leak = (): string => `token = "${token()}"\n`;

/** A commit on a branch of its own; gives back to `main`. */
function commitOn(root: string, branch: string, files: Readonly<Record<string, string>>): void {
  git(root, 'checkout', '--quiet', '-B', branch);
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--no-verify', '--message', branch);
  git(root, 'checkout', '--quiet', 'main');
}

describe('git commit', () => {
  it('is stopped by a staged token, and by none that is not staged', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': 'two\n', 'new.txt': leak() });
    git(root, 'add', 'a.txt');
    expect(await gitRuns(root, ['commit', '--quiet', '-m', 'x'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
      made: true,
    });
    git(root, 'add', 'new.txt');
    const { code, made, stdout, stderr } = await gitRuns(root, ['commit', '-m', 'x']);
    expect({ code, made }).toEqual({ code: 1, made: false });
    expect(stdout + stderr).toMatch(/^ {2}new\.txt:1 {2}GitLab personal access token/m);
    expect(stderr).toMatch(/commit stopped/);
    expect(stdout + stderr).not.toContain(/glpat-(\S{20})/.exec(readFileSync(join(root, 'new.txt'), 'utf8'))![1]);
  });

  it('is stopped by a token in its message; the message is kept, and the advice works', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': 'two\n' });
    const { made, stderr } = await gitRuns(root, ['commit', '-a', '-m', `why\n\n${leak()}`]);
    expect(made).toBe(false);
    expect(stderr).toMatch(/commit stopped: 1 credential found\. The message is kept\./);
    expect(stderr).not.toContain('comment on its line');
    const [, advice] = /1\. Take it out of the message:\s+git (commit .*)$/m.exec(stderr)!;
    const editor = `sed -i '2,$d'`;
    const again = await runProgram('sh', ['-c', `git ${advice} -a`], { cwd: root, env: { GIT_EDITOR: editor } });
    expect(again.code).toBe(0);
    expect(git(root, 'log', '-1', '--format=%B').trim()).toBe('why');
  });

  it('-a takes the work tree in', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': leak() });
    expect(await gitRuns(root, ['commit', '-a', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    writeFiles(root, { 'a.txt': 'two\n' });
    expect(await gitRuns(root, ['commit', '-a', '-m', 'x'])).toMatchObject({ code: 0, made: true });
  });

  it('PATH commits that path only, out of an index that git makes for it', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    writeFiles(root, { 'a.txt': 'two\n', 'b.txt': leak() });
    git(root, 'add', 'b.txt');
    // The token is staged, but not part of this commit.
    expect(await gitRuns(root, ['commit', '-m', 'x', 'a.txt'])).toMatchObject({ code: 0, made: true });
    writeFiles(root, { 'a.txt': leak(), 'b.txt': 'two\n' });
    git(root, 'add', 'b.txt');
    // It is not staged, but part of this one.
    expect(await gitRuns(root, ['commit', '-m', 'x', 'a.txt'])).toMatchObject({ code: 1, made: false });
    expect(await gitRuns(root, ['commit', '--include', '-m', 'x', 'a.txt'])).toMatchObject({ code: 1, made: false });
  });

  it('--amend is about what it adds to the commit that it replaces', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'b.txt': leak() });
    git(root, 'add', 'b.txt');
    expect(await gitRuns(root, ['commit', '--amend', '--no-edit'])).toMatchObject({ code: 1, made: false });
    git(root, 'rm', '--quiet', '--cached', '--force', 'b.txt');
    expect(await gitRuns(root, ['commit', '--amend', '-m', 'better'])).toMatchObject({ code: 0, made: true });
  });

  it('the first one of a repository', async () => {
    const root = await hookedRepository();
    writeFiles(root, { 'a.txt': leak() });
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    writeFiles(root, { 'a.txt': 'one\n' });
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 0, made: true });
  });

  it('from a subfolder, and by a program with another current folder', async () => {
    const root = await hookedRepository({ 'sub/a.txt': 'one\n' });
    writeFiles(root, { 'sub/a.txt': leak() });
    expect(await gitRuns(join(root, 'sub'), ['commit', '-a', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    expect(await gitRuns(tempFolder(), ['-C', root, 'commit', '-a', '-m', 'x'])).toMatchObject({ code: 1 });
    expect(
      await gitRuns(tempFolder(), [`--git-dir=${root}/.git`, `--work-tree=${root}`, 'commit', '-a', '-m', 'x']),
    ).toMatchObject({ code: 1 });
    expect(git(root, 'rev-list', '--count', 'HEAD')).toBe('1\n');
  });
});

describe('merges, rebases and picks', () => {
  it('what comes from the other side of a merge is in the repository already', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    commitOn(root, 'theirs', { 'a.txt': `one\n${leak()}`, 'c.txt': leak() });
    commitOn(root, 'main', { 'b.txt': 'ours\n' });
    git(root, 'merge', '--quiet', '--no-commit', '--no-ff', 'theirs');
    expect((await stagedJson(root)).report.findings).toEqual([]);
    // An addition that neither side has counts, also in a file of theirs.
    appendFileSync(join(root, 'c.txt'), leak());
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '--no-edit'])).toMatchObject({ code: 1, made: false });
    git(root, 'checkout', '--quiet', 'theirs', '--', 'c.txt');
    expect(await gitRuns(root, ['merge', '--continue'])).toMatchObject({ code: 0, made: true });
  });

  it('a conflict that is resolved with a new token is stopped', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    commitOn(root, 'theirs', { 'a.txt': 'theirs\n' });
    commitOn(root, 'main', { 'a.txt': 'ours\n' });
    await gitRuns(root, ['merge', 'theirs']);
    writeFiles(root, { 'a.txt': `both\n${leak()}` });
    git(root, 'add', 'a.txt');
    expect(await gitRuns(root, ['commit', '--no-edit'])).toMatchObject({ code: 1, made: false });
    writeFiles(root, { 'a.txt': 'both\n' });
    git(root, 'add', 'a.txt');
    expect(await gitRuns(root, ['commit', '--no-edit'])).toMatchObject({ code: 0, made: true });
  });

  it('an octopus counts what is new to every parent', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    for (const name of ['x', 'y']) commitOn(root, name, { [`${name}.txt`]: leak() });
    commitOn(root, 'main', { 'own.txt': 'own\n' });
    git(root, 'merge', '--quiet', '--no-commit', '--no-ff', 'x', 'y');
    writeFiles(root, { 'evil.txt': leak() });
    git(root, 'add', '--all');
    expect(placesOf((await stagedJson(root)).report)).toEqual(['evil.txt']);
  });

  it('a stop of an interactive rebase', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    commitOn(root, 'main', { 'b.txt': 'b\n' });
    commitOn(root, 'main', { 'c.txt': 'c\n' });
    const edit = { GIT_SEQUENCE_EDITOR: "sed -i -e '1s/^pick/edit/'" };
    expect(await gitRuns(root, ['rebase', '--interactive', 'HEAD~2'], edit)).toMatchObject({ code: 0 });
    writeFiles(root, { 'b.txt': leak() });
    git(root, 'add', 'b.txt');
    expect(await gitRuns(root, ['commit', '--amend', '--no-edit'])).toMatchObject({ code: 1, made: false });
    expect((await stagedJson(root)).code).toBe(1);
    git(root, 'checkout', '--quiet', 'HEAD', '--', 'b.txt');
    expect(await gitRuns(root, ['rebase', '--continue'])).toMatchObject({ code: 0 });
    expect(git(root, 'rev-list', '--count', 'HEAD')).toBe('3\n');
  });

  it('a conflict in a rebase or a pick that is resolved with a token', async () => {
    for (const start of [
      ['rebase', 'main'],
      ['cherry-pick', 'main'],
    ]) {
      const root = await hookedRepository({ 'a.txt': 'one\n' });
      commitOn(root, 'theirs', { 'a.txt': 'theirs\n' });
      commitOn(root, 'main', { 'a.txt': 'ours\n' });
      git(root, 'checkout', '--quiet', 'theirs');
      await gitRuns(root, start);
      writeFiles(root, { 'a.txt': leak() });
      git(root, 'add', 'a.txt');
      expect((await stagedJson(root)).code).toBe(1);
      expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    }
  });
});

describe('repositories of every kind', () => {
  it('godaddy/tartufo #351: a linked worktree has the hook too, and its own index', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    const linked = join(tempFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    writeFiles(linked, { 'b.txt': leak() });
    git(linked, 'add', '--all');
    expect(placesOf((await stagedJson(linked)).report)).toEqual(['b.txt']);
    expect(await gitRuns(linked, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    expect((await stagedJson(root)).report.findings).toEqual([]);
  });

  it('gitleaks #682, #583, betterleaks #170: a submodule is a bump here, and a repository of its own inside', async () => {
    const inner = tempRepository({ 'lib.txt': 'one\n' });
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'vendor/lib');
    git(root, 'commit', '--quiet', '-m', 'submodule');
    const lib = join(root, 'vendor', 'lib');
    await installHooks(lib);
    writeFiles(lib, { 'lib.txt': leak() });
    git(lib, 'add', '--all');
    expect(placesOf((await stagedJson(lib)).report)).toEqual(['lib.txt']);
    expect(await gitRuns(lib, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    git(lib, 'commit', '--quiet', '--no-verify', '-m', 'x');
    git(root, 'add', '--all');
    writeFiles(root, { 'a.txt': leak() });
    git(root, 'add', '--all');
    const { code, report } = await stagedJson(root);
    expect(placesOf(report)).toEqual(['a.txt']);
    expect({ code, gaps: report.gaps }).toEqual({ code: 1, gaps: [] });
  });

  it('a submodule that a file replaces, and a file that a submodule replaces', async () => {
    const inner = tempRepository({ 'lib.txt': 'one\n' });
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'lib');
    git(root, 'commit', '--quiet', '-m', 'submodule');
    git(root, 'rm', '--quiet', '--force', 'lib');
    writeFiles(root, { lib: leak() });
    git(root, 'add', '--all');
    git(root, 'rm', '--quiet', '--force', 'a.txt');
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${git(inner, 'rev-parse', 'HEAD').trim()},a.txt`);
    expect(placesOf((await stagedJson(root)).report)).toEqual(['lib']);
  });

  it('a sparse checkout: what is staged counts, wherever the work tree ends', async () => {
    const root = tempRepository({ 'in/a.txt': 'one\n', 'out/b.txt': 'one\n' });
    git(root, 'sparse-checkout', 'set', 'in');
    const object = runHash(root, leak());
    git(root, 'update-index', '--cacheinfo', `100644,${object},out/b.txt`);
    expect(placesOf((await stagedJson(root)).report)).toEqual(['out/b.txt']);
  });

  it('a sparse index', async () => {
    const root = tempRepository({ 'in/a.txt': 'one\n', 'out/b.txt': 'one\n' });
    git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    writeFiles(root, { 'in/a.txt': leak() });
    git(root, 'add', '--all');
    expect(placesOf((await stagedJson(root)).report)).toEqual(['in/a.txt']);
  });

  it('a repository of SHA-256', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main');
    await installHooks(root);
    writeFiles(root, { 'a.txt': leak() });
    git(root, 'add', '--all');
    const { report } = await stagedJson(root);
    expect(placesOf(report)).toEqual(['a.txt']);
    expect(report.findings[0]!.locator.blob).toMatch(/^[0-9a-f]{64}$/);
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
  });

  it('a repository whose git directory is elsewhere', async () => {
    const root = tempFolder();
    const store = join(tempFolder(), 'store');
    git(root, 'init', '--quiet', `--separate-git-dir=${store}`);
    await installHooks(root);
    writeFiles(root, { 'a.txt': leak() });
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
  });
});

describe('the message', () => {
  it('is stopped by a token in its title, its body or a trailer', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    for (const message of [`use ${token()}`, `fine\n\nbut ${token()} here\n`, `fine\n\nToken: ${token()}\n`]) {
      const { code, made, stdout, stderr } = await gitRuns(root, ['commit', '--allow-empty', '-m', message]);
      expect({ code, made }).toEqual({ code: 1, made: false });
      // git gives a hook its standard error for both.
      expect(stderr).toMatch(/commit-message:\d+ /);
      expect(stdout + stderr).not.toContain(/glpat-(\S{20})/.exec(message)![1]);
    }
    expect(await gitRuns(root, ['commit', '--quiet', '--allow-empty', '-m', 'fine'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
      made: true,
    });
  });

  it('the diff that git shows below it is not part of it', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': `two\n${leak()}` });
    git(root, 'commit', '--quiet', '--no-verify', '-a', '-m', 'old');
    writeFiles(root, { 'a.txt': 'two\n' });
    const editor = { GIT_EDITOR: "sed -i -e '1s/^/fine/'" };
    expect(await gitRuns(root, ['commit', '--verbose', '-a'], editor)).toMatchObject({ code: 0, made: true });
  });
});

/** Writes a blob that is in no work tree; its object id. */
function runHash(root: string, text: string): string {
  const path = join(tempFolder(), 'blob');
  writeFileSync(path, text);
  return git(root, 'hash-object', '-w', path).trim();
}

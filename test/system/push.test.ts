/** The gate in front of real pushes: git gives the refs to the installed hook, whatever is pushed. */

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(63);
const HOOKS = ['hook', 'install', '--hooks', 'pre-commit,commit-msg,pre-push'];

function commit(root: string, files: Readonly<Record<string, string>> = {}, message = 'x'): string {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--no-verify', '--message', message);
  return git(root, 'rev-parse', 'HEAD').trim();
}

/** A repository with `main` pushed to a bare one, and then the hook. */
async function pushed() {
  const root = tempRepository({ 'a.txt': 'one\n', 'old.txt': token() });
  const remote = tempFolder();
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  git(root, 'remote', 'add', 'origin', remote);
  git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  expect(await glaive(HOOKS, { cwd: root })).toMatchObject({ code: 0, stderr: '' });
  return { root, remote };
}

const push = (cwd: string, ...args: string[]) => runProgram('git', ['push', ...args], { cwd });

const refsOf = (remote: string): string => git(remote, 'for-each-ref', '--format=%(refname) %(objectname)');

describe('git push', () => {
  it('a clean one passes in silence; old secrets that the remote has are none of it', async () => {
    const { root, remote } = await pushed();
    const id = commit(root, { 'a.txt': 'two\n' });
    const { code, stdout, stderr } = await push(root, '--quiet');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
  });

  it('is stopped by a token in any commit that the remote lacks, though a later one takes it away', async () => {
    const { root, remote } = await pushed();
    const before = refsOf(remote);
    const secret = token();
    const id = commit(root, { 'b.txt': `x\n${secret}\n` });
    commit(root, { 'b.txt': 'x\n' });
    const { code, stdout, stderr } = await push(root);
    expect(code).not.toBe(0);
    expect(refsOf(remote)).toBe(before);
    const said = stdout + stderr;
    expect(said).toMatch(/push stopped/);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(
      ` commit ${id.slice(0, 12)} b.txt:2 GitLab personal access token (certain, removed later) `,
    );
    expect(said).toMatch(/git commit --amend, or\s+git rebase -i/);
    expect(said).toMatch(/GLAIVE_SKIP="reason" git push/);
    expect(said).not.toContain(secret.slice(6));
    expect(said.split('\n').length).toBeLessThan(25);
  });

  it('GLAIVE_SKIP with a reason lets it through, and says so', async () => {
    const { root, remote } = await pushed();
    const id = commit(root, { 'b.txt': token() });
    const { code, stderr } = await runProgram('git', ['push'], { cwd: root, env: { GLAIVE_SKIP: 'a test' } });
    expect({ code, said: /glaive: pre-push skipped: a test/.test(stderr) }).toEqual({ code: 0, said: true });
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
  });

  it('a new branch: only what no branch of the remote has', async () => {
    const { root } = await pushed();
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commit(root, { 'b.txt': 'x\n' });
    expect((await push(root, 'origin', 'topic')).code).toBe(0);
    git(root, 'checkout', '--quiet', '-b', 'other');
    commit(root, { 'c.txt': token() });
    expect((await push(root, 'origin', 'other')).code).toBe(1);
  });

  it('the name of a new branch', async () => {
    const { root, remote } = await pushed();
    const secret = token();
    git(root, 'branch', `fix-${secret}`);
    const { code, stdout, stderr } = await push(root, 'origin', `fix-${secret}`);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/^ {2}.*ref\/\[MASKED\]/m);
    // git itself repeats the name that it was given; glaive does not.
    expect(stdout).not.toContain(secret.slice(6));
    expect(refsOf(remote)).not.toContain('fix-');
  });

  it('a deletion, a branch that is there already, nothing at all', async () => {
    const { root } = await pushed();
    git(root, 'branch', 'gone');
    expect((await push(root, 'origin', 'gone')).code).toBe(0);
    expect((await push(root, 'origin', '--delete', 'gone')).code).toBe(0);
    expect((await push(root)).code).toBe(0);
  });

  it('a force push: the new commits are scanned', async () => {
    const { root } = await pushed();
    commit(root, { 'b.txt': 'x\n' });
    expect((await push(root)).code).toBe(0);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    commit(root, { 'c.txt': 'x\n' });
    expect((await push(root, '--force')).code).toBe(0);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    commit(root, { 'd.txt': token() });
    expect((await push(root, '--force')).code).toBe(1);
  });

  it('a force push over commits of another user that are not here', async () => {
    const { root, remote } = await pushed();
    const other = tempFolder();
    git(other, 'clone', '--quiet', remote, '.');
    commit(other, { 'theirs.txt': 'x\n' });
    git(other, 'push', '--quiet');
    commit(root, { 'b.txt': token() });
    expect((await push(root, '--force')).code).toBe(1);
    commit(root, { 'b.txt': 'x\n' });
    git(root, 'reset', '--quiet', '--soft', 'origin/main');
    commit(root);
    expect((await push(root, '--force')).code).toBe(0);
  });

  it('tags: their messages, what they tag, and tags of blobs', async () => {
    const { root } = await pushed();
    git(root, 'tag', '--annotate', '--message', 'fine', 'v1');
    expect((await push(root, 'origin', 'v1')).code).toBe(0);
    git(root, 'tag', '--annotate', '--message', `key ${token()}`, 'v2');
    const message = await push(root, 'origin', 'v2');
    expect(message).toMatchObject({ code: 1, stderr: expect.stringContaining('tag/v2/message') });
    writeFiles(root, { 'key.txt': token() });
    const blob = git(root, 'hash-object', '-w', 'key.txt').trim();
    git(root, 'tag', 'light', blob);
    expect(await push(root, 'origin', 'light')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`object/${blob}`),
    });
    git(root, 'tag', '--annotate', '--message', 'x', 'heavy', blob);
    expect((await push(root, 'origin', 'heavy')).code).toBe(1);
  });

  it('notes', async () => {
    const { root } = await pushed();
    const id = git(root, 'rev-parse', 'HEAD').trim();
    git(root, 'notes', 'add', '--message', `see ${token()}`);
    const { code, stderr } = await push(root, 'origin', 'refs/notes/commits');
    expect(code).toBe(1);
    expect(stderr).toContain(`note/${id}`);
  });

  it('several refs at once: one with a token stops them all', async () => {
    const { root, remote } = await pushed();
    const before = refsOf(remote);
    for (const name of ['one', 'two', 'three']) {
      git(root, 'checkout', '--quiet', '-b', name, 'main');
      commit(root, { [`${name}.txt`]: name === 'two' ? token() : 'x\n' });
    }
    const { code, stderr } = await push(root, 'origin', 'one', 'two', 'three', ':nothing-to-delete', '--tags');
    expect(code).not.toBe(0);
    expect((await push(root, 'origin', 'one', 'two', 'three')).stderr).toContain('two.txt');
    expect(refsOf(remote)).toBe(before);
    expect(stderr).not.toContain('three.txt');
  });

  it('to a URL instead of a remote', async () => {
    const { root, remote } = await pushed();
    commit(root, { 'b.txt': 'x\n' });
    expect((await push(root, remote, 'main')).code).toBe(0);
    commit(root, { 'b.txt': token() });
    expect((await push(root, remote, 'main')).code).toBe(1);
  });

  it('messages and authors of what is pushed', async () => {
    const { root } = await pushed();
    commit(root, {}, `see ${token()}`);
    expect(await push(root)).toMatchObject({ code: 1, stderr: expect.stringContaining('/message') });
  });

  it('hooks that read the refs too (as git-lfs does) get them', async () => {
    const { root } = await pushed();
    const path = join(root, '.git', 'hooks', 'pre-push');
    writeFileSync(path, `#!/bin/sh\ncat > .git/seen\necho "$1" >> .git/seen\n`);
    chmodSync(path, 0o755);
    const before = readFileSync(path, 'latin1');
    expect((await glaive(HOOKS, { cwd: root })).code).toBe(0);
    const id = commit(root, { 'b.txt': 'x\n' });
    expect((await push(root)).code).toBe(0);
    const seen = readFileSync(join(root, '.git', 'seen'), 'utf8').split('\n');
    expect(seen[0]).toMatch(new RegExp(`^refs/heads/main ${id} refs/heads/main [0-9a-f]{40}$`));
    expect(seen.slice(1)).toEqual(['origin', '']);
    expect((await push(root)).code).toBe(0);
    expect(readFileSync(join(root, '.git', 'seen'), 'utf8')).toBe('origin\n');
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).code).toBe(0);
    expect(readFileSync(path, 'latin1')).toBe(before);
  });

  it('the scripts are sh, and stop the push when glaive is gone', async () => {
    const { root } = await pushed();
    const path = join(root, '.git', 'hooks', 'pre-push');
    expect((await runProgram('sh', ['-n', path])).code).toBe(0);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^glaive_main=.*$/m, "glaive_main='/nowhere'"));
    commit(root, { 'b.txt': 'x\n' });
    expect(await push(root)).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot check this push') });
    expect((await runProgram('git', ['push'], { cwd: root, env: { GLAIVE_SKIP: 'gone' } })).code).toBe(0);
  });
});

describe('glaive hook run pre-push', () => {
  it('a push without refs is reported: a hook manager may not pass them on', async () => {
    const { root } = await pushed();
    const { code, stderr } = await glaive(['hook', 'run', 'pre-push', 'origin', 'url'], { cwd: root });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/nothing was scanned.*use_stdin/) });
  });

  it('what is no line of git’s is refused', async () => {
    const { root } = await pushed();
    const { code, stderr } = await glaive(['hook', 'run', 'pre-push', 'origin', 'url'], {
      cwd: root,
      input: 'hello\n',
    });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a line that git does not write'),
    });
  });

  it('an object that is not here is not clean', async () => {
    const { root } = await pushed();
    const input = `refs/heads/x ${'a'.repeat(40)} refs/heads/x ${'0'.repeat(40)}\n`;
    const { code, stderr } = await glaive(['hook', 'run', 'pre-push', 'origin', 'url'], { cwd: root, input });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^glaive: push stopped, because glaive could not scan everything:\n {2}\S/),
    });
  });
});

describe('install', () => {
  it.each([
    ['pre-push', ['pre-push']],
    ['commit-msg, pre-push', ['commit-msg', 'pre-push']],
  ])('--hooks %s', async (list, names) => {
    const root = tempRepository();
    const { stdout } = await glaive(['hook', 'install', '--hooks', list], { cwd: root });
    expect(stdout).toBe(names.map((name) => `${name}: created (.git/hooks/${name})\n`).join(''));
  });

  it('--hooks with another name is an error with a hint', async () => {
    const { code, stderr } = await glaive(['hook', 'install', '--hooks', 'pre-psh'], { cwd: tempRepository() });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean pre-push\?/) });
  });

  it('--print shows the scripts, and changes nothing', async () => {
    const root = tempRepository();
    const { code, stdout } = await glaive([...HOOKS, '--dry-run'], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toMatch(/# \.git\/hooks\/pre-push\n#!\/bin\/sh\n/);
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).stdout).toMatch(/pre-push: not installed/);
  });
});

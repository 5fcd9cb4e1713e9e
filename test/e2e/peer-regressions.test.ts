/**
 * Bugs that users of other scanners reported, one test each, named after the report: scans that were called clean although
 * nothing or only a part was scanned, and unusual states of git.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { gitRuns, hookedRepository, installHooks } from '../support/hooked.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { diffJson, placesOf, positionsOf, scanJson, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(67);

function commit(root: string, files: Readonly<Record<string, string>> = {}): string {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--no-verify', '--message', 'x');
  return git(root, 'rev-parse', 'HEAD').trim();
}

/** A branch `topic` with a token in its one commit. */
function leaky(): string {
  const root = tempRepository({ 'a.txt': 'one\n' });
  git(root, 'checkout', '--quiet', '-b', 'topic');
  commit(root, { 'leak.txt': token() });
  return root;
}

describe('silently called clean', () => {
  it('gitleaks #2129: a line that git says on the side (git-crypt) ends in "no leaks"', async () => {
    const env = withFakeGit('echo "warning: git-crypt: locked" >&2; exec "$REAL_GIT" "$@"');
    const { code, report } = await diffJson(leaky(), ['main..topic'], { env });
    expect({ code, positions: positionsOf(report) }).toEqual({ code: 1, positions: ['leak.txt:1:1'] });
  });

  it.each(['nothing..topic', 'main..nothing', 'topic..main'])(
    'gitleaks #1464: the bad range %s exits with 0',
    async (range) => {
      expect(await glaive(['diff', range], { cwd: leaky() })).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it.each(['rev-list', 'diff-tree', 'cat-file'])(
    'gitleaks #1981, #1377: git %s fails, and the part before it is called clean',
    async (command) => {
      const env = withFakeGit(
        `case " $* " in *" ${command} "*) echo "fatal: broken" >&2; exit 128;; esac; exec "$REAL_GIT" "$@"`,
      );
      const { code, stderr } = await glaive(['diff', 'main..topic'], { cwd: leaky(), env });
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/internal error/);
    },
  );

  it('gitleaks #1055: this is no repository, and it is called clean', async () => {
    expect(await glaive(['diff', 'main..topic'], { cwd: tempFolder() })).toMatchObject({ code: 2 });
    expect(await glaive(['staged'], { cwd: tempFolder() })).toMatchObject({ code: 2 });
  });

  it('gitleaks #2232, PR 2235: files that cannot be read are skipped', async () => {
    const { code, report } = await scanJson(['nowhere.txt', '.'], { cwd: leaky() });
    expect({ code, found: placesOf(report) }).toEqual({ code: 2, found: ['leak.txt'] });
  });

  it('gitleaks #2281: a staged secret is missed', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': `one\n${token()}\n`, 'b/c.bin': `\0${token()}\0` });
    git(root, 'add', '--all');
    expect(placesOf((await stagedJson(root)).report)).toEqual(['a.txt', 'b/c.bin']);
  });

  it('trufflehog #4575: the documented hook scans nothing', async () => {
    const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'hooks.md'), 'utf8');
    expect(document).toContain('\nglaive hook install\n');
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': token() });
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
  });

  it('klangk #3465: a range that is always empty is called clean without a word', async () => {
    const { code, stderr } = await glaive(['diff', 'HEAD..HEAD'], { cwd: leaky() });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'glaive: note: there are no commits in HEAD..HEAD\n',
    });
  });

  it('evener #1513: a pattern matches the path of the work tree itself, so nothing is scanned', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const tree = join(tempFolder(), 'worktrees', 'build');
    git(root, 'worktree', 'add', '--quiet', '-b', 'topic', tree);
    writeFiles(tree, { '.glaive.toml': '[scan]\nexclude = ["worktrees/", "build/", "tmp/"]\n' });
    commit(tree, { 'leak.txt': token() });
    expect(placesOf((await scanJson(['.'], { cwd: tree })).report)).toEqual(['leak.txt']);
    expect(placesOf((await diffJson(tree, ['main..topic'])).report)).toEqual(['leak.txt']);
  });

  it('betterleaks PR 177: a source fails, and the exit code is 0', async () => {
    const root = leaky();
    const { code } = await glaive(['scan', 'leak.txt', 'nowhere.txt', '--exit-zero'], { cwd: root });
    expect(code).toBe(2);
  });

  it('claude-plugins PR 2625: files that are named are ignored, and it passes', async () => {
    const root = tempRepository({ '.gitignore': 'x.txt\n' });
    writeFiles(root, { 'x.txt': token() });
    expect(placesOf((await scanJson(['x.txt'], { cwd: root })).report)).toEqual(['x.txt']);
  });
});

describe('git', () => {
  it('gitleaks #1028, gitleaks-action #236, trufflehog #1560: additions of a merge are not seen', async () => {
    const root = leaky();
    git(root, 'checkout', '--quiet', '-b', 'side', 'main');
    commit(root, { 'b.txt': 'b\n' });
    git(root, 'checkout', '--quiet', '-b', 'joined', 'main');
    commit(root, { 'c.txt': 'c\n' });
    git(root, 'merge', '--quiet', '--no-ff', '--no-commit', 'side');
    commit(root, { 'b.txt': `b\n${token()}\n` });
    git(root, 'merge', '--quiet', '--no-ff', '--no-edit', 'topic');
    expect(positionsOf((await diffJson(root, ['main..joined'])).report)).toEqual(['b.txt:2:1', 'leak.txt:1:1']);
  });

  it('gitleaks #682, betterleaks #170: a submodule ends the scan with "no leaks"', async () => {
    const inner = tempRepository({ 'x.txt': 'x\n' });
    const root = leaky();
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commit(root, { 'more.txt': token() });
    const { code, report } = await diffJson(root, ['main..topic']);
    expect({ code, found: placesOf(report) }).toEqual({ code: 1, found: ['leak.txt', 'more.txt'] });
    expect(placesOf((await scanJson(['.'], { cwd: root })).report)).toEqual(['leak.txt', 'more.txt']);
    // A submodule is a repository of its own.
    git(join(root, 'sub'), 'checkout', '--quiet', '-b', 'topic');
    commit(join(root, 'sub'), { 'y.txt': token() });
    expect(placesOf((await diffJson(join(root, 'sub'), ['origin/main..topic'])).report)).toEqual(['y.txt']);
  });

  it('tartufo #351, gitleaks #622: worktrees and mirror clones', async () => {
    const root = leaky();
    const tree = join(tempFolder(), 'tree');
    git(root, 'worktree', 'add', '--quiet', '--detach', tree);
    const mirror = tempFolder();
    git(mirror, 'clone', '--quiet', '--mirror', root, '.');
    for (const cwd of [tree, mirror])
      expect(placesOf((await diffJson(cwd, ['main..topic'])).report)).toEqual(['leak.txt']);
  });

  it('gitleaks #585, git-secrets #12: the file of the work tree is read instead of what is staged', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': token() });
    git(root, 'add', 'a.txt');
    writeFiles(root, { 'a.txt': 'clean again\n' });
    expect(placesOf((await stagedJson(root)).report)).toEqual(['a.txt']);
  });

  it('butler-sos #1488: core.hooksPath switches the hook off without a word', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'config', 'core.hooksPath', '.githooks');
    await installHooks(root);
    writeFiles(root, { 'a.txt': token() });
    git(root, 'add', 'a.txt');
    // The folder is committed, so the hook finds glaive on the PATH; without it the commit is stopped, with the reason.
    const { code, made, stderr } = await gitRuns(root, ['commit', '-m', 'x']);
    expect({ code, made }).toEqual({ code: 1, made: false });
    expect(stderr).toMatch(/glaive/);
  });

  it('GitPython #2013: prefixes, external diffs and text conversion of the configuration break what is read', async () => {
    const root = leaky();
    for (const [key, value] of [
      ['diff.mnemonicPrefix', 'true'],
      ['diff.noprefix', 'true'],
      ['diff.external', 'false'],
      ['diff.x.textconv', 'false'],
    ] as const)
      git(root, 'config', key, value);
    writeFiles(root, { '.gitattributes': '* diff=x\n', 'staged.txt': token() });
    git(root, 'add', '--all');
    expect(placesOf((await stagedJson(root)).report)).toEqual(['staged.txt']);
    expect(placesOf((await diffJson(root, ['main..topic'])).report)).toEqual(['leak.txt']);
  });

  it('gitleaks #1306, gitleaks-action #199: a shallow clone is "ambiguous argument", or its tip alone is scanned', async () => {
    const root = leaky();
    commit(root, { 'b.txt': 'x\n' });
    const shallow = tempFolder();
    git(shallow, 'clone', '--quiet', '--depth=1', '--branch=topic', `file://${root}`, '.');
    const base = git(root, 'rev-parse', 'main').trim();
    const { code, report } = await diffJson(shallow, [`${base}..HEAD`]);
    expect({ code, kinds: report.gaps.map(({ kind }) => kind) }).toEqual({ code: 2, kinds: ['history'] });
    expect(placesOf((await diffJson(shallow, ['--fetch', `${base}..HEAD`])).report)).toEqual(['leak.txt']);
  });

  it('ggshield #78: more commits than fifty', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commit(root, { 'leak.txt': token() });
    for (let index = 0; index < 60; index++) git(root, 'commit', '--quiet', '--allow-empty', '-m', `${index}`);
    expect(placesOf((await diffJson(root, ['main..topic'])).report)).toEqual(['leak.txt']);
  });

  it('ggshield #119: a hook of the server that runs out of time lets the push in without a word', async () => {
    const remote = tempFolder();
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    await glaive(['hook', 'install', '--server', remote, '--time-limit', '0.001']);
    const root = tempRepository({ 'a.txt': 'x\n' });
    const { code, stderr } = await runProgram('git', ['push', remote, 'main'], { cwd: root });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('time limit') });
  });

  it('trufflehog #2494, force-push-scanner #8: commits that a force push introduces', async () => {
    const remote = tempFolder();
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    const root = tempRepository({ 'a.txt': 'x\n' });
    git(root, 'push', '--quiet', remote, 'main');
    await glaive(['hook', 'install', '--server', remote]);
    git(root, 'checkout', '--quiet', '--orphan', 'other');
    commit(root, { 'leak.txt': token() });
    git(root, 'rm', '--quiet', 'leak.txt');
    commit(root);
    expect((await runProgram('git', ['push', '--force', remote, 'other:main'], { cwd: root })).stderr).toContain(
      'leak.txt:1',
    );
  });
});

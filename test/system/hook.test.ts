/** `glaive hook`: into the hooks of a repository and out again, without harm to what is there. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { gitRuns, hookedRepository, installHooks } from '../support/hooked.ts';
import { CLI, glaive } from '../support/run-cli.ts';
import { glaiveProcess, runProgram, startGlaive, until } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(37);

/** Stages a leak, in a file of its own each time. */
function stageLeak(root: string, name = `leak-${token().slice(-6)}.txt`): void {
  writeFiles(root, { [name]: `token = "${token()}"\n` });
  git(root, 'add', '--all');
}

const hooksOf = (root: string): string => join(root, '.git', 'hooks');

/** Names, modes and bytes of what is in a folder. */
function stateOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const path = join(folder, name);
      return [name, statSync(path).isFile() ? `${statSync(path).mode} ${readFileSync(path, 'latin1')}` : 'folder'];
    }),
  );
}

describe('install', () => {
  it('makes both hooks, says so, and does nothing more when it is called again', async () => {
    const root = tempRepository({ 'sub/a.txt': 'one\n' });
    const first = await glaive(['hook', 'install'], { cwd: join(root, 'sub') });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      'pre-commit: created (../.git/hooks/pre-commit)\ncommit-msg: created (../.git/hooks/commit-msg)\n' +
        'To check pushes too: glaive hook install --hooks pre-commit,commit-msg,pre-push\n',
    );
    const state = stateOf(hooksOf(root));
    const again = await glaive(['hook', 'install'], { cwd: root });
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('pre-commit: unchanged (.git/hooks/pre-commit)\n');
    expect(stateOf(hooksOf(root))).toEqual(state);
    expect(state['pre-commit']).not.toMatch(/glpat/);
    for (const name of ['pre-commit', 'commit-msg']) {
      expect((await runProgram('sh', ['-n', join(hooksOf(root), name)])).code).toBe(0);
    }
  });

  it('works where the path of glaive or of the repository has blanks, quotes and other letters', async () => {
    const odd = join(tempFolder(), `it's "odd" $HOME ü`);
    git(tempFolder(), 'init', '--quiet', odd);
    const copy = join(odd, 'tool');
    mkdirSync(copy);
    for (const name of readdirSync(join(CLI, '..')))
      writeFileSync(join(copy, name), readFileSync(join(CLI, '..', name)));
    const { code } = await glaiveProcess(['hook', 'install'], { cwd: odd, program: join(copy, 'main.cjs') });
    expect(code).toBe(0);
    writeFiles(odd, { '.gitignore': 'tool\n' });
    stageLeak(odd);
    expect(await gitRuns(odd, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
  });

  it('adds to the hook that is there, which still runs and still stops', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const mark = join(tempFolder(), 'mark');
    mkdirSync(hooksOf(root), { recursive: true });
    writeFileSync(join(hooksOf(root), 'pre-commit'), `#!/bin/bash\necho own >'${mark}'\n[ ! -f stop ]\n`, {
      mode: 0o755,
    });
    const { stdout } = await glaive(['hook', 'install'], { cwd: root });
    expect(stdout).toMatch(/pre-commit: added to the existing hook/);
    stageLeak(root, 'leak.txt');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ made: false });
    expect(existsSync(mark)).toBe(false);
    git(root, 'rm', '--quiet', '--cached', 'leak.txt');
    rmSync(join(root, 'leak.txt'));
    writeFiles(root, { stop: '', 'b.txt': 'b\n' });
    git(root, 'add', 'b.txt');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ made: false });
    expect(existsSync(mark)).toBe(true);
    rmSync(join(root, 'stop'));
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ made: true });
  });

  it.each([
    ['python', '#!/usr/bin/env python3\nprint(1)\n', 0o755, /it is not a shell script/],
    ['binary', '\u007fELF\0\0', 0o755, /it is not a shell script/],
    ['not executable', '#!/bin/sh\nexit 1\n', 0o644, /it is not executable/],
  ])(
    'a hook that cannot be added to (%s) is refused with the line to add, and nothing is changed',
    async (_, text, mode, why) => {
      const root = tempRepository({ 'a.txt': 'one\n' });
      mkdirSync(hooksOf(root), { recursive: true });
      writeFileSync(join(hooksOf(root), 'commit-msg'), text, { mode, encoding: 'latin1' });
      const before = stateOf(hooksOf(root));
      const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
      expect(code).toBe(2);
      expect(stderr).toMatch(why);
      expect(stderr).toContain('glaive hook run commit-msg "$@" || exit $?');
      expect(stateOf(hooksOf(root))).toEqual(before);
    },
  );

  it('a hook that is a link belongs to something else', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const shared = join(tempFolder(), 'shared.sh');
    writeFileSync(shared, '#!/bin/sh\n', { mode: 0o755 });
    mkdirSync(hooksOf(root), { recursive: true });
    symlinkSync(shared, join(hooksOf(root), 'pre-commit'));
    const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/symbolic link/);
    expect(readFileSync(shared, 'utf8')).toBe('#!/bin/sh\n');
  });

  it('a folder of hooks that several repositories share is refused', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const shared = tempFolder();
    git(root, 'config', 'core.hooksPath', shared);
    const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/other repositories share that folder/);
    expect(readdirSync(shared)).toEqual([]);
  });

  it.each([[['install']], [['uninstall']]])(
    'outside of a repository, and in a bare one, %s says so',
    async ([action]) => {
      const bare = tempFolder();
      git(bare, 'init', '--quiet', '--bare');
      for (const cwd of [tempFolder(), bare]) {
        const { code, stderr } = await glaive(['hook', action!], { cwd });
        expect(code).toBe(2);
        expect(stderr).toMatch(/hook: this is not a work tree that git can read/);
      }
    },
  );
});

describe('where hooks are', () => {
  it('ptarmiganlabs/butler-sos #1488: core.hooksPath is honoured, so the hook that is installed is the one that runs', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'config', 'core.hooksPath', 'tools/hooks');
    const { stdout } = await glaive(['hook', 'install'], { cwd: root });
    expect(stdout).toContain('pre-commit: created (tools/hooks/pre-commit)');
    expect(existsSync(join(hooksOf(root), 'pre-commit'))).toBe(false);
    // These hooks are committed, so they name no place of this machine, and take glaive from the PATH.
    expect(readFileSync(join(root, 'tools/hooks/pre-commit'), 'utf8')).not.toContain(CLI);
    stageLeak(root);
    const missing = await gitRuns(root, ['commit', '-m', 'x']);
    expect(missing).toMatchObject({ made: false });
    expect(missing.stderr).toMatch(/node or glaive is not on the PATH/);
    expect(await gitRuns(root, ['commit', '-m', 'x'], onPath())).toMatchObject({ code: 1, made: false });
  });

  it('a linked worktree shares the hooks of its repository', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const linked = join(tempFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    await installHooks(linked);
    for (const cwd of [root, linked]) {
      stageLeak(cwd);
      expect(await gitRuns(cwd, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    }
  });

  it('husky 9: its own folder of hooks, with the existing ones kept', async () => {
    const root = tempRepository({ 'a.txt': 'one\n', 'package.json': '{}\n' });
    mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules', 'husky'), join(root, 'node_modules', 'husky'));
    writeFileSync(
      join(root, 'node_modules', '.bin', 'glaive'),
      `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
    writeFiles(root, { '.gitignore': 'node_modules\n', '.husky/pre-commit': 'echo own >>husky.log\n' });
    expect(await runProgram(process.execPath, ['node_modules/husky/bin.js'], { cwd: root })).toMatchObject({ code: 0 });
    const before = stateOf(join(root, '.husky'));
    const { stdout } = await glaive(['hook', 'install'], { cwd: root });
    expect(stdout).toContain(
      'pre-commit: added to the existing hook (.husky/pre-commit)\ncommit-msg: created (.husky/commit-msg)\n',
    );
    stageLeak(root, 'leak.txt');
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ made: false });
    expect(existsSync(join(root, 'husky.log'))).toBe(false);
    writeFiles(root, { 'leak.txt': 'gone\n' });
    git(root, 'add', '--all');
    expect(await gitRuns(root, ['commit', '-m', `a ${token()}`])).toMatchObject({ made: false });
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 0, made: true });
    expect(readFileSync(join(root, 'husky.log'), 'utf8')).toBe('own\nown\n');
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).code).toBe(0);
    expect(stateOf(join(root, '.husky'))).toEqual(before);
  });
});

describe('uninstall restores byte for byte', () => {
  const scripts: readonly (readonly [what: string, text: string])[] = [
    ['a shell script', '#!/bin/sh\nnpm test\n'],
    ['bash', '#!/usr/bin/env bash\nset -e\nexit 0\necho never\n'],
    ['no line feed at its end', '#!/bin/sh\nnpm test'],
    ['no interpreter', 'npm test\n'],
    ['nothing in it', ''],
    ['an interpreter alone', '#!/bin/sh\n'],
    ['an interpreter alone, without a line feed', '#!/bin/sh'],
    ['line ends of Windows, and no interpreter', 'npm test\r\n'],
    ['bytes that are no UTF-8', '#!/bin/sh\n# \u00ff\u00fe\n'],
    ['marks of others', '#!/bin/sh\n# >>> conda >>>\nx\n# <<< conda <<<\n'],
  ];

  it.each(scripts)('a hook with %s', async (_, text) => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    mkdirSync(hooksOf(root), { recursive: true });
    writeFileSync(join(hooksOf(root), 'pre-commit'), text, { mode: 0o755, encoding: 'latin1' });
    const before = stateOf(hooksOf(root));
    await installHooks(root);
    expect(stateOf(hooksOf(root))).not.toEqual(before);
    if (!text.includes('\r')) {
      stageLeak(root);
      expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
    }
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).code).toBe(0);
    expect(stateOf(hooksOf(root))).toEqual(before);
  });

  it('hooks that were not there are not there, and what was written around the lines stays', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    const path = join(hooksOf(root), 'commit-msg');
    writeFileSync(path, `${readFileSync(path, 'utf8')}echo mine\n`);
    const { stdout } = await glaive(['hook', 'uninstall'], { cwd: root });
    expect(stdout).toBe(
      'pre-commit: removed (.git/hooks/pre-commit)\ncommit-msg: removed from the hook (.git/hooks/commit-msg)\npre-push: not installed (.git/hooks/pre-push)\n',
    );
    expect(existsSync(join(hooksOf(root), 'pre-commit'))).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('#!/bin/sh\necho mine\n');
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).stdout).toMatch(/pre-commit: not installed/);
  });
});

describe('a commit', () => {
  it('GLAIVE_SKIP lets one pass, with a reason, and says so', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    stageLeak(root);
    for (const reason of ['', '  ']) {
      expect(await gitRuns(root, ['commit', '-m', 'x'], { GLAIVE_SKIP: reason })).toMatchObject({ made: false });
    }
    const { made, stderr } = await gitRuns(root, ['commit', '-m', 'x'], { GLAIVE_SKIP: 'a fixture' });
    expect(made).toBe(true);
    expect(stderr).toContain('glaive: pre-commit skipped: a fixture');
    stageLeak(root);
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ made: false });
  });

  it('is stopped with a sentence when there is no Node; another one on the PATH will do', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    const hook = join(hooksOf(root), 'pre-commit');
    writeFileSync(hook, readFileSync(hook, 'utf8').replaceAll(process.execPath, '/nowhere/node'));
    stageLeak(root);
    const bare = { PATH: pathWithout() };
    const { made, stderr } = await gitRuns(root, ['commit', '-m', 'x'], bare);
    expect(made).toBe(false);
    expect(stderr).toMatch(/cannot check this commit: glaive or Node has moved/);
    expect(stderr).toMatch(/To fix it: .*glaive hook install/);
    const skipped = await gitRuns(root, ['commit', '-m', 'x'], { ...bare, GLAIVE_SKIP: 'no Node here' });
    expect(skipped.stderr).toContain('glaive: skipped: no Node here');
    expect((await gitRuns(root, ['commit', '--amend', '-m', 'x'])).code).toBe(0);
    stageLeak(root);
    expect(await gitRuns(root, ['commit', '-m', 'x'])).toMatchObject({ code: 1, made: false });
  });

  it('is stopped with a sentence when glaive is gone', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const tool = tempFolder();
    for (const name of readdirSync(join(CLI, '..')))
      writeFileSync(join(tool, name), readFileSync(join(CLI, '..', name)));
    expect((await glaiveProcess(['hook', 'install'], { cwd: root, program: join(tool, 'main.cjs') })).code).toBe(0);
    renameSync(join(tool, 'main.cjs'), join(tool, 'gone.cjs'));
    stageLeak(root);
    const { made, stderr } = await gitRuns(root, ['commit', '-m', 'x']);
    expect(made).toBe(false);
    expect(stderr).toMatch(/glaive or Node has moved since this hook was installed/);
  });

  it('is stopped when something could not be scanned', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { '.glaive.toml': 'oops = 1\n', 'b.txt': 'b\n' });
    git(root, 'add', 'b.txt');
    const { made, stderr } = await gitRuns(root, ['commit', '-m', 'x']);
    expect(made).toBe(false);
    expect(stderr).toMatch(/\.glaive\.toml:1: oops/);
  });

  it('is not made when the hook is interrupted while git makes it wait', async () => {
    const root = await hookedRepository({ 'a.txt': 'one\n' });
    stageLeak(root);
    const mark = join(tempFolder(), 'mark');
    const env = withFakeGit(`case "$*" in *--cached*) : >'${mark}'; exec sleep 60;; esac; exec "$REAL_GIT" "$@"`);
    const { child, ended } = startGlaive(['hook', 'run', 'pre-commit'], { cwd: root, env });
    await until(() => existsSync(mark));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^glaive: the scan was interrupted \(SIGINT\)\n/);
  });

  it('run lists the hooks', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    for (const [args, message] of [
      [['run'], /which hook: pre-commit or commit-msg/],
      [['run', 'pre-comit'], /did you mean pre-commit\?/],
      [['run', 'post-merge'], /glaive has no hook post-merge/],
      [[], /a subcommand is missing \(install, uninstall, run\)/],
      [['instal'], /hook: unknown subcommand "instal" \(install, uninstall, run\)\. Did you mean install\?/],
      [['install', 'x'], /install takes no argument/],
    ] as const) {
      const { code, stderr } = await glaive(['hook', ...args], { cwd: root });
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
  });
});

/** An environment with `glaive` on the PATH. */
function onPath(): Record<string, string> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'glaive'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  chmodSync(join(folder, 'glaive'), 0o755);
  return { PATH: `${folder}:${gitEnvironment()['PATH']}` };
}

/** A PATH with git and the shell's tools on it, and no Node. */
function pathWithout(): string {
  const folder = tempFolder();
  for (const name of ['git', 'sh', 'cat', 'sed', 'true', 'dirname', 'basename', 'uname']) {
    for (const from of (process.env['PATH'] ?? '').split(':')) {
      if (!existsSync(join(from, name))) continue;
      symlinkSync(join(from, name), join(folder, name));
      break;
    }
  }
  return folder;
}

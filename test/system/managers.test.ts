/** Hook managers, the real ones: husky 9, lefthook, and pre-commit. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeBlocks } from '../../src/hooks/managers.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { IS_LONG, some } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { lefthookProgram, preCommitProgram, withGlaiveOnPath } from '../support/tools.ts';

const token = tokenMint(65);
const ALL = ['hook', 'install', '--hooks', 'pre-commit,commit-msg,pre-push'];

/** A repository with an empty remote. */
function withRemote(files: Readonly<Record<string, string>>): string {
  const root = tempRepository(files);
  const remote = tempFolder();
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  git(root, 'remote', 'add', 'origin', remote);
  git(root, 'push', '--quiet', '--no-verify', '--set-upstream', 'origin', 'main');
  return root;
}

/** A leak in a file is stopped when it is committed. */
async function expectFirstGate(root: string, env: Record<string, string>): Promise<void> {
  writeFiles(root, { 'leak.txt': token() });
  git(root, 'add', 'leak.txt');
  const commit = await runProgram('git', ['commit', '-m', 'x'], { cwd: root, env });
  expect(commit.code).not.toBe(0);
  expect(commit.stdout + commit.stderr).toContain('leak.txt');
}

/** A leak in each place that a hook watches: stopped by the first, let by it and stopped by the next. */
async function expectGates(root: string, env: Record<string, string>): Promise<void> {
  const run = (...args: string[]) => runProgram('git', args, { cwd: root, env });
  await expectFirstGate(root, env);
  git(root, 'rm', '--quiet', '--force', 'leak.txt');
  writeFiles(root, { 'fine.txt': 'fine\n' });
  git(root, 'add', 'fine.txt');
  const message = await run('commit', '-m', `see ${token()}`);
  expect(message.code).not.toBe(0);
  expect(message.stdout + message.stderr).toContain('commit-message');
  expect(await run('commit', '-m', 'fine')).toMatchObject({ code: 0 });
  expect(await run('push')).toMatchObject({ code: 0 });
  writeFiles(root, { 'leak.txt': token() });
  git(root, 'add', 'leak.txt');
  git(root, 'commit', '--quiet', '--no-verify', '-m', 'x');
  const push = await run('push');
  expect(push.code).not.toBe(0);
  expect(push.stdout + push.stderr).toMatch(/push stopped[^]*leak\.txt/);
}

/** Pushes that share no commit with the remote: an empty remote, or an unrelated branch. */
async function expectFirstPushes(root: string, env: Record<string, string>): Promise<void> {
  const run = (...args: string[]) => runProgram('git', args, { cwd: root, env });
  const empty = tempFolder();
  git(empty, 'init', '--quiet', '--bare', '--initial-branch=main');
  const clean = git(root, 'rev-parse', 'origin/main').trim();
  git(root, 'remote', 'set-url', 'origin', empty);
  git(root, 'update-ref', '-d', 'refs/remotes/origin/main');
  writeFiles(root, { 'leak.txt': token() });
  git(root, 'add', 'leak.txt');
  git(root, 'commit', '--quiet', '--no-verify', '-m', 'x');
  git(root, 'tag', '-a', '-m', 'a tag', 'annotated');
  for (const what of some(['main', 'HEAD:refs/heads/other', 'annotated'], 2)) {
    const first = await run('push', 'origin', what);
    expect(first.code, what).not.toBe(0);
    expect(first.stdout + first.stderr).toContain('leak.txt');
  }
  expect((await run('push', empty, 'main')).code, 'to an address').not.toBe(0);
  expect(git(empty, 'for-each-ref')).toBe('');
  expect(await run('push', 'origin', `${clean}:refs/heads/main`)).toMatchObject({ code: 0 });

  git(root, 'checkout', '--quiet', '--orphan', 'orphan');
  git(root, 'commit', '--quiet', '--no-verify', '-m', 'x');
  const orphan = await run('push', 'origin', 'orphan');
  expect(orphan.code).not.toBe(0);
  expect(orphan.stdout + orphan.stderr).toContain('leak.txt');
  expect(git(empty, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\n');
}

describe('husky 9', () => {
  it('install, all three gates, idempotent, uninstall byte for byte', async () => {
    const root = withRemote({ 'package.json': '{"name":"x"}\n' });
    execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'node_modules', 'husky', 'bin.js')], {
      cwd: root,
      env: gitEnvironment(),
    });
    writeFiles(root, { '.husky/pre-push': 'echo mine\n' });
    const env = { ...withGlaiveOnPath(), HUSKY: '1' };
    expect((await glaive(ALL, { cwd: root })).stdout).toMatch(/pre-push: added to the existing hook/);
    const text = readFileSync(join(root, '.husky', 'pre-push'), 'utf8');
    expect((await glaive(ALL, { cwd: root })).code).toBe(0);
    expect(readFileSync(join(root, '.husky', 'pre-push'), 'utf8')).toBe(text);
    await expectGates(root, env);
    await expectFirstPushes(root, env);
    git(root, 'checkout', '--quiet', '--force', 'main');
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).code).toBe(0);
    expect(readFileSync(join(root, '.husky', 'pre-push'), 'utf8')).toBe('echo mine\n');
    expect(existsSync(join(root, '.husky', 'pre-commit'))).toBe(false);
  });
});

const LEFTHOOKS: Readonly<Record<string, string>> = {
  'with hooks of other names': '# ours\npost-merge:\n  commands:\n    x:\n      run: echo fine\n',
  'with commands':
    'pre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: echo fine # "quoted"\n\npre-push:\n  commands:\n    test:\n      run: echo fine\n',
  'with jobs':
    'pre-commit:\n  jobs:\n    - name: lint\n      run: echo fine\n\ncommit-msg:\n  jobs:\n  - run: echo fine\n',
  'that ends without a line feed': 'post-merge:\n  commands:\n    x:\n      run: echo fine',
};

describe('lefthook', () => {
  const gated = some(Object.keys(LEFTHOOKS), 1);
  it.each(Object.entries(LEFTHOOKS))(
    'a configuration %s: in, all three gates, idempotent, out byte for byte',
    async (what, config) => {
      const lefthook = lefthookProgram();
      const root = withRemote({ 'lefthook.yml': config });
      const env = withGlaiveOnPath(dirname(lefthook));
      expect(await glaive(ALL, { cwd: root })).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^lefthook: added to lefthook\.yml\n/),
      });
      const text = readFileSync(join(root, 'lefthook.yml'), 'utf8');
      expect((await glaive(ALL, { cwd: root })).stdout).toMatch(/unchanged/);
      expect(readFileSync(join(root, 'lefthook.yml'), 'utf8')).toBe(text);
      expect(await runProgram(lefthook, ['validate'], { cwd: root, env })).toMatchObject({ code: 0 });
      expect(await runProgram(lefthook, ['install'], { cwd: root, env })).toMatchObject({ code: 0 });
      if (gated.includes(what)) {
        await expectGates(root, env);
        await expectFirstPushes(root, env);
      }
      expect((await glaive(['hook', 'uninstall'], { cwd: root })).stdout).toMatch(/removed from lefthook\.yml/);
      expect(readFileSync(join(root, 'lefthook.yml'), 'utf8')).toBe(config);
    },
  );

  it('if there is no place for the lines, they are printed, and nothing is changed', async () => {
    const config = 'pre-commit: { commands: { x: { run: "true" } } }\n';
    const root = tempRepository({ 'lefthook.yml': config });
    const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nothing was changed[^]*run: glaive hook run pre-commit/),
    });
    expect(readFileSync(join(root, 'lefthook.yml'), 'utf8')).toBe(config);
  });

  it('--manager lefthook makes a configuration, and uninstall takes it away', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    expect((await glaive(['hook', 'install', '--manager', 'lefthook'], { cwd: root })).stdout).toMatch(
      /created lefthook\.yml/,
    );
    expect((await glaive(['hook', 'uninstall', '--manager', 'lefthook'], { cwd: root })).stdout).toMatch(
      /removed lefthook\.yml/,
    );
    expect(existsSync(join(root, 'lefthook.yml'))).toBe(false);
  });

  it('--print changes nothing', async () => {
    const config = LEFTHOOKS['with jobs']!;
    const root = tempRepository({ 'lefthook.yml': config });
    const { stdout } = await glaive([...ALL, '--dry-run'], { cwd: root });
    expect(removeBlocks(stdout.slice(stdout.indexOf('\n') + 1))).toBe(config);
    expect(readFileSync(join(root, 'lefthook.yml'), 'utf8')).toBe(config);
  });
});

const PRE_COMMITS: Readonly<Record<string, string>> = {
  'with a repository': `# ours
repos:
  - repo: local
    hooks:
      - id: x
        name: x
        entry: "true"
        language: system
        pass_filenames: false
`,
  'without indentation': 'repos:\n- repo: local\n  hooks:\n  - {id: x, name: x, entry: "true", language: system}\n',
  'without repositories': 'default_stages: [pre-commit]\nrepos:\n',
};

describe.skipIf(preCommitProgram() === undefined)('pre-commit', () => {
  const gated = some(Object.keys(PRE_COMMITS), 1);
  it.each(Object.entries(PRE_COMMITS))(
    'a configuration %s: in, all three gates, idempotent, out byte for byte',
    async (what, config) => {
      const program = preCommitProgram()!;
      const name = '.pre-commit-config.yaml';
      const root = withRemote({ [name]: config });
      const env = { ...withGlaiveOnPath(), PRE_COMMIT_HOME: tempFolder(), HOME: tempFolder() };
      expect(await glaive(ALL, { cwd: root })).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^pre-commit: added to \.pre-commit/),
      });
      const text = readFileSync(join(root, name), 'utf8');
      expect((await glaive(ALL, { cwd: root })).stdout).toMatch(/unchanged/);
      expect(readFileSync(join(root, name), 'utf8')).toBe(text);
      const stages = ['pre-commit', 'commit-msg', 'pre-push'].flatMap((stage) => ['-t', stage]);
      expect(await runProgram(program, ['install', ...stages], { cwd: root, env })).toMatchObject({ code: 0 });
      git(root, 'commit', '--quiet', '--all', '--no-verify', '-m', 'config');
      const clean = await runProgram(program, ['run'], { cwd: root, env });
      expect(clean.stdout + clean.stderr).not.toMatch(/deprecated|warning/i);
      if (gated.includes(what)) {
        await expectGates(root, env);
        await expectFirstPushes(root, env);
      }
      expect((await glaive(['hook', 'uninstall'], { cwd: root })).stdout).toMatch(/removed from/);
      expect(readFileSync(join(root, name), 'utf8')).toBe(config);
    },
  );

  it('no list of repositories to add to: the lines are shown to be copied, and are what it takes', async () => {
    const name = '.pre-commit-config.yaml';
    const root = withRemote({ [name]: 'repos: []\n' });
    const env = { ...withGlaiveOnPath(), PRE_COMMIT_HOME: tempFolder(), HOME: tempFolder() };
    const { code, stderr } = await glaive(ALL, { cwd: root });
    expect(code).toBe(2);
    expect(readFileSync(join(root, name), 'utf8')).toBe('repos: []\n');
    const lines = stderr.slice(stderr.indexOf('- repo: local'));
    writeFiles(root, { [name]: `repos:\n${lines}` });
    const install = ['install', '-t', 'pre-commit', '-t', 'commit-msg', '-t', 'pre-push'];
    expect(await runProgram(preCommitProgram()!, install, { cwd: root, env })).toMatchObject({ code: 0 });
    git(root, 'commit', '--quiet', '--all', '--no-verify', '-m', 'config');
    if (IS_LONG) await expectGates(root, env);
    else await expectFirstGate(root, env);
  });

  it('run by hand, where nothing is pushed, the hook of a push says so and fails', async () => {
    const root = withRemote({ '.pre-commit-config.yaml': PRE_COMMITS['with a repository']! });
    const env = { ...withGlaiveOnPath(), PRE_COMMIT_HOME: tempFolder(), HOME: tempFolder() };
    await glaive(ALL, { cwd: root });
    git(root, 'add', '--all');
    const ran = await runProgram(preCommitProgram()!, ['run', '--hook-stage', 'pre-push', '--all-files'], {
      cwd: root,
      env,
    });
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).toContain('pre-commit named no branch');
  });

  it('the hooks of this repository take part in the stages that it knows', () => {
    const names = readFileSync(join(import.meta.dirname, '..', '..', '.pre-commit-hooks.yaml'), 'utf8');
    expect([...names.matchAll(/stages: \[(.*)\]/g)].map(([, stage]) => stage)).toEqual([
      'pre-commit',
      'commit-msg',
      'pre-push',
    ]);
    expect(names.match(/minimum_pre_commit_version: 3\.2\.0/g)).toHaveLength(3);
  });

  it('run by hand, with nothing staged, it says what it scans (claude-plugins PR 2625)', async () => {
    const root = withRemote({ '.pre-commit-config.yaml': PRE_COMMITS['with a repository']! });
    const env = { ...withGlaiveOnPath(), PRE_COMMIT_HOME: tempFolder(), HOME: tempFolder() };
    await glaive(['hook', 'install'], { cwd: root });
    writeFiles(root, { 'leak.txt': token() });
    git(root, 'add', 'leak.txt');
    const { code } = await runProgram(preCommitProgram()!, ['run', '--files', '.pre-commit-config.yaml'], {
      cwd: root,
      env,
    });
    expect(code).not.toBe(0);
  });
});

it('a manager that is named wins over what is found', async () => {
  const root = tempRepository({ 'lefthook.yml': LEFTHOOKS['with jobs']! });
  expect((await glaive(['hook', 'install', '--manager', 'git'], { cwd: root })).stdout).toMatch(
    /^pre-commit: created \(\.git\/hooks/,
  );
  expect((await glaive(['hook', 'install', '--manager', 'husky'], { cwd: root })).code).toBe(2);
});

/**
 * Git as it is found: not there, not startable, a repository of another user, traces, settings in variables. Every command
 * says the same of it, and names the way out; what the user trusts stays trusted.
 */

import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { CLI, glaive, type Ran } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { some } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../support/unprivileged.ts';

const token = tokenMint(7713);
const leak = (): string => `token = "${token()}"\n`;
const blocked = whyNotUnprivileged() !== undefined;

/** Two commits, and something staged. */
function repository(): string {
  const root = tempRepository({ 'a.txt': 'one\n' });
  writeFiles(root, { 'b.txt': 'two\n' });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'second');
  writeFiles(root, { 'c.txt': 'three\n' });
  git(root, 'add', '--all');
  return root;
}

const ids = (root: string): string => git(root, 'rev-parse', 'HEAD', 'HEAD~1').split('\n').join(' ');

/** Every command that uses git, with its standard input. */
interface CallOfGit {
  readonly name: string;
  readonly args: readonly string[];
  readonly input?: (root: string) => string;
}
const CALLS: readonly CallOfGit[] = [
  { name: 'scan', args: ['scan'] },
  { name: 'staged', args: ['staged'] },
  { name: 'diff', args: ['diff', 'HEAD~1..HEAD'] },
  { name: 'history', args: ['history'] },
  { name: 'baseline', args: ['baseline', '--output', 'known.txt'] },
  { name: 'hook install', args: ['hook', 'install'] },
  { name: 'hook uninstall', args: ['hook', 'uninstall'] },
  { name: 'init', args: ['init', '--yes'] },
  { name: 'pre-commit', args: ['hook', 'run', 'pre-commit'] },
  {
    name: 'pre-push',
    args: ['hook', 'run', 'pre-push', 'origin', 'url'],
    input: (root) => {
      const [head, first] = ids(root).split(' ');
      return `refs/heads/main ${head} refs/heads/main ${first}\n`;
    },
  },
  {
    name: 'pre-receive',
    args: ['hook', 'run', 'pre-receive'],
    input: (root) => {
      const [head, first] = ids(root).split(' ');
      return `${first} ${head} refs/heads/main\n`;
    },
  },
];

/** Which commands, in tests that are about git's answer rather than about the command. */
const SEVERAL = some(CALLS, 5);

function expectCalm({ stderr, code }: Ran): void {
  expect(stderr).not.toMatch(/internal error|bug in glaive|\n\s+at /);
  expect(code).toBe(2);
}

describe('a repository of another user', () => {
  it.each(some(CALLS, 6))('$name names the setting, with the path', async ({ args, input }) => {
    const root = repository();
    const given = input === undefined ? {} : { input: input(root) };
    const ran = await glaive(args, { cwd: root, env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }, ...given });
    expectCalm(ran);
    expect(ran.stderr).toContain('dubious ownership');
    expect(ran.stderr).toContain(`git config --global --add safe.directory ${root}`);
    expect(ran.stderr).not.toMatch(/Check the repository|Run this inside/);
  });

  it.skipIf(blocked || process.getuid?.() !== 0).each(SEVERAL)(
    '$name does so for a repository that really is',
    async ({ args, input }) => {
      const root = repository();
      const given = input === undefined ? {} : { input: input(root) };
      handOver(root);
      const ran = await glaive(args, { cwd: root, ...given });
      expectCalm(ran);
      expect(ran.stderr).toContain(`git config --global --add safe.directory ${root}`);
    },
  );

  it('quotes a path for the shell', async () => {
    const root = join(tempFolder(), "it's a folder");
    mkdirSync(root);
    git(root, 'init', '--quiet');
    const ran = await glaive(['history'], { cwd: root, env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } });
    const [, command] = /--add safe\.directory (.*)/.exec(ran.stderr) ?? [];
    const { stdout } = await runProgram('sh', ['-c', `printf %s ${command}`]);
    expect(stdout).toBe(root);
  });

  const trusts: readonly (readonly [string, Record<string, string>])[] = [
    ['counted', { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' }],
    [
      'counted, behind another',
      {
        GIT_CONFIG_COUNT: '2',
        GIT_CONFIG_KEY_0: 'user.name',
        GIT_CONFIG_VALUE_0: 'x',
        GIT_CONFIG_KEY_1: 'Safe.Directory',
        GIT_CONFIG_VALUE_1: '*',
      },
    ],
    ['of git -c', { GIT_CONFIG_PARAMETERS: "'user.name'='it'\\''s me' 'safe.directory'='*'" }],
    ['of git -c, as older ones write it', { GIT_CONFIG_PARAMETERS: "'safe.directory=*'" }],
  ];
  it.each(some(trusts, 2))('a trust in variables counts: %s', async (_, env) => {
    const root = repository();
    writeFiles(root, { '.gitignore': 'ignored.txt\n', 'ignored.txt': leak() });
    for (const args of [
      ['scan'],
      ['staged'],
      ['diff', 'HEAD~1..HEAD'],
      ['history'],
      ['baseline'],
      ['hook', 'install'],
    ]) {
      const ran = await glaive(args, { cwd: root, env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', ...env } });
      expect([args, ran.code, ran.stderr]).toEqual([args, 0, '']);
    }
  });
});

it.skipIf(blocked)("another user's home is reported as such", async () => {
  const root = repository();
  handOver(root);
  const home = tempFolder();
  mkdirSync(join(home, '.config', 'glaive'), { recursive: true });
  writeFileSync(join(home, '.config', 'glaive', 'config.toml'), '');
  chmodSync(join(home, '.config'), 0o700);
  writeFileSync(join(home, '.gitconfig'), '', { mode: 0o600 });
  chmodSync(home, 0o755);
  for (const env of [{ HOME: home }, { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') }]) {
    for (const args of [['scan'], ['staged'], ['history']]) {
      const ran = await glaiveUnprivileged(args, { cwd: root, env });
      expectCalm(ran);
      expect(ran.stderr).toMatch(/permission denied[^]*\bHOME\b/i);
    }
  }
});

describe('what git writes about itself', () => {
  const traces = [
    'GIT_TRACE',
    'GIT_TRACE_SETUP',
    'GIT_TRACE_PERFORMANCE',
    'GIT_TRACE_PACKET',
    'GIT_TRACE_CURL',
    'GIT_TRACE_REFS',
    'GIT_TRACE2',
    'GIT_TRACE2_PERF',
    'GIT_TRACE2_EVENT',
  ];
  it.each(some(['a file for each', '1'], 1))('is ignored, and nothing is written: %s', async (to) => {
    const root = repository();
    const folder = tempFolder();
    const env = Object.fromEntries(traces.map((name) => [name, to === '1' ? to : join(folder, name)]));
    const calls = CALLS.filter(({ name }) => !/hook|init|baseline/.test(name));
    for (const { args, input } of [...calls, { args: ['history', '--reader', 'pack'], input: undefined }]) {
      const given = input === undefined ? {} : { input: input(root) };
      const ran = await glaive(args, { cwd: root, env, ...given });
      expect([args, ran.code, ran.stderr]).toEqual([args, 0, '']);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('traces that the configuration asks for', async () => {
    const root = repository();
    const config = join(tempFolder(), 'config');
    writeFileSync(config, '[trace2]\n\tnormalTarget = 1\n\tperfTarget = 1\n\teventTarget = 1\n');
    const ran = await glaive(['history'], { cwd: root, env: { GIT_CONFIG_GLOBAL: config } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  it('a warning is no damage, and an error is', async () => {
    const root = repository();
    const damaged = withFakeGit('echo "warning: something else" >&2; exec "$REAL_GIT" "$@"');
    expect(await glaive(['history'], { cwd: root, env: damaged })).toMatchObject({ code: 0, stderr: '' });
    const failing = withFakeGit('echo "error: something broke" >&2; exec "$REAL_GIT" "$@"');
    const ran = await glaive(['history'], { cwd: root, env: failing });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('something broke');
  });
});

it('a git that is slow to reply is no damage', async () => {
  const root = repository();
  writeFiles(root, { 'c.txt': leak() });
  git(root, 'add', '--all');
  // The reply comes after the wait for it, and its first line in a piece of its own.
  const slow = withFakeGit(
    'case "$*" in *"cat-file --batch") sleep 1.3; "$REAL_GIT" "$@" | { IFS= read -r l; printf "%s\\n" "$l"; sleep 0.3; cat; } ;;\n' +
      '*) exec "$REAL_GIT" "$@" ;; esac',
  );
  const ran = await glaive(['staged'], { cwd: root, env: slow });
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  expect(ran.stdout).toContain('c.txt:1:');
});

describe('git that cannot be started', () => {
  it.each(some(CALLS, 6))('$name reports that git is missing', async ({ name: command, args, input }) => {
    const root = repository();
    const given = input === undefined ? {} : { input: input(root) };
    const ran = await glaive(args, { cwd: root, env: { PATH: tempFolder() }, ...given });
    expectCalm(ran);
    expect(ran.stderr, command).toMatch(/git was not found[^]*Install git/);
  });

  const SOME: readonly CallOfGit[] = CALLS.filter(({ name }) =>
    /^(?:scan|staged|diff|history|init|pre-receive)$/.test(name),
  );
  it.each(some(SOME, 1))('$name says that no file can be opened', async ({ args, input }) => {
    const root = repository();
    const given = input === undefined ? {} : { input: input(root) };
    // Enough for Node, and too few for pipes to git: as many as that are.
    const said: string[] = [];
    for (let limit = 17; limit <= 31; limit += 2) {
      const script = `ulimit -n ${limit}; exec "$0" "$@"`;
      const ran = await runProgram('sh', ['-c', script, process.execPath, CLI, ...args], { cwd: root, ...given });
      if (!/^glaive: |^GL-HOOK/m.test(ran.stderr)) continue; // not even Node starts, or all is well
      expect(ran.stderr, `limit ${limit}`).not.toMatch(/internal error|bug in glaive/);
      expect(ran.code, `limit ${limit}`).toBe(2);
      said.push(ran.stderr);
    }
    expect(said.join('')).toContain('too many files are open');
  });

  it.each(SEVERAL)('$name says that git may not be run', async ({ args, input }) => {
    const root = repository();
    const given = input === undefined ? {} : { input: input(root) };
    const folder = tempFolder();
    // The file is executable, but the system cannot run it.
    writeFileSync(join(folder, 'git'), '#!/nonexistent/interpreter\n', { mode: 0o755 });
    const ran = await glaive(args, { cwd: root, env: { PATH: folder }, ...given });
    expectCalm(ran);
    expect(ran.stderr).toMatch(/git (?:could not be started|was not found, or does not start)/);
  });
});

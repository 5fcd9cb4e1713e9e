/**
 * A repository that wants to run programs: every setting that names one leads to a trap, which leaves a mark. No command
 * of glaive may spring any of them. The traps are proven to work by git itself, in the same test.
 */

import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName } from '../../src/cli/args/command-table.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(34);

/** Settings whose value git runs. */
const PROGRAMS = [
  'core.fsmonitor',
  'core.pager',
  'core.editor',
  'core.sshCommand',
  'core.gitProxy',
  'core.askPass',
  'core.alternateRefsCommand',
  'diff.external',
  'diff.trap.command',
  'diff.trap.textconv',
  'filter.trap.clean',
  'filter.trap.smudge',
  'filter.trap.process',
  'merge.trap.driver',
  'credential.helper',
  'gpg.program',
  'gpg.ssh.program',
  'interactive.diffFilter',
  'sequence.editor',
  'pager.diff',
  'pager.log',
  'pager.rev-parse',
  'remote.origin.uploadpack',
  'uploadpack.packObjectsHook',
  'trailer.trap.command',
  'web.browser',
  'browser.trap.cmd',
  'difftool.trap.cmd',
  'mergetool.trap.cmd',
  'gc.recentObjectsHook',
  'submodule.sub.update',
] as const;

const HOOKS = [
  'pre-commit',
  'commit-msg',
  'prepare-commit-msg',
  'post-commit',
  'post-checkout',
  'post-index-change',
  'post-merge',
  'post-rewrite',
  'pre-auto-gc',
  'pre-push',
  'reference-transaction',
  'fsmonitor-watchman',
];

const ALIASES = ['diff', 'ls-files', 'rev-parse', 'status', 'cat-file', 'log', 'config', 'version', 'trapalias'];

/** A setting as the lines of a configuration file: its name is `section.key` or `section.subsection.key`. */
function configLines([name, value]: readonly [string, string]): string {
  const [section, ...rest] = name.split('.');
  const key = rest.pop();
  const header = rest.length === 0 ? section : `${section} "${rest.join('.')}"`;
  return `[${header}]\n\t${key} = "${value}"\n`;
}

interface Trapped {
  readonly root: string;
  /** The traps that were sprung since the last call. */
  readonly sprung: () => string[];
}

function trappedRepository(): Trapped {
  const root = tempRepository({ 'a.txt': 'one\n', 'sub/b.txt': 'one\n' });
  const marks = tempFolder();
  const tools = tempFolder();
  const trap = (name: string): string => {
    const path = join(tools, name);
    writeFileSync(path, `#!/bin/sh\n: >'${join(marks, name)}'\nexit 0\n`, { mode: 0o755 });
    return path;
  };
  writeFiles(root, {
    '.gitattributes': '*.txt diff=trap filter=trap merge=trap\n',
    'a.txt': `two\ntoken = "${token()}"\n`,
    'new.txt': 'clean\n',
    message: `a message with ${token()}\n`,
  });
  git(root, 'add', '--all');
  writeFiles(root, { 'a.txt': `three\n`, 'untracked.txt': 'x\n' });

  const hooks = join(tools, 'hooks');
  mkdirSync(hooks);
  for (const name of HOOKS) {
    const path = trap(`hook.${name}`);
    for (const folder of [hooks, join(root, '.git', 'hooks')]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), `#!/bin/sh\nexec '${path}'\n`);
      chmodSync(join(folder, name), 0o755);
    }
  }
  const settings: Readonly<Record<string, string>> = {
    'core.hooksPath': hooks,
    ...Object.fromEntries(PROGRAMS.map((name) => [name, trap(name)])),
    ...Object.fromEntries(ALIASES.map((name) => [`alias.${name}`, `!${trap(`alias.${name}`)}`])),
    // A partial clone whose missing objects are fetched by a program.
    'remote.origin.url': `ext::${trap('remote')}`,
    'protocol.ext.allow': 'always',
    'remote.origin.promisor': 'true',
    'extensions.partialClone': 'origin',
  };
  // Written by hand: a process of git for each of them takes longer than the test.
  appendFileSync(join(root, '.git', 'config'), Object.entries(settings).map(configLines).join(''));
  return {
    root,
    sprung() {
      const names = readdirSync(marks).toSorted();
      for (const name of names) rmSync(join(marks, name));
      return names;
    },
  };
}

async function trappedWithReport(): Promise<Trapped> {
  const made = trappedRepository();
  await glaive(['staged', '--format', 'json', '--output', '.git/report.json'], { cwd: made.root });
  made.sprung();
  return made;
}

it('the traps work: git itself springs them', async () => {
  const { root, sprung } = trappedRepository();
  const plain = async (...args: string[]): Promise<string[]> => {
    await runProgram('git', args, { cwd: root, env: { GIT_TERMINAL_PROMPT: '0' } });
    return sprung();
  };
  expect(await plain('status')).toEqual(expect.arrayContaining(['core.fsmonitor']));
  expect(await plain('diff', '--cached')).toEqual(expect.arrayContaining(['diff.external']));
  expect(await plain('-c', 'filter.trap.process=', 'diff', '--cached', '--no-ext-diff')).toEqual(
    expect.arrayContaining(['diff.trap.textconv']),
  );
  expect(await plain('add', 'a.txt')).toEqual(expect.arrayContaining(['filter.trap.process']));
  expect(await plain('-c', 'filter.trap.process=', 'commit', '-m', 'x')).toEqual(
    expect.arrayContaining(['hook.pre-commit', 'hook.post-commit']),
  );
  expect(await plain('trapalias')).toEqual(['alias.trapalias']);
  expect(await plain('fetch')).toEqual(expect.arrayContaining(['remote']));
});

/** Ways to call each command in the repository; a command that is not here fails the test below. */
const CALLS: Readonly<Record<CommandName, readonly (readonly string[])[]>> = {
  scan: [['scan'], ['scan', '.', 'a.txt', 'sub'], ['scan', '--format', 'sarif', '--strict']],
  staged: [['staged'], ['staged', '--format', 'json', '--show-unlikely']],
  diff: [
    ['diff', 'HEAD~1..HEAD'],
    ['diff', 'nothing..HEAD'],
  ],
  history: [['history'], ['history', '--since', 'HEAD~1']],
  fleet: [
    ['fleet', 'plan', '--store', '.git/fleet', '--disk', '.'],
    ['fleet', 'work', '--store', '.git/fleet'],
    ['fleet', 'merge', '--store', '.git/fleet'],
    ['fleet', 'status', '--store', '.git/fleet'],
  ],
  logs: [['logs', 'a.txt']],
  mask: [['mask', '--', 'true']],
  // A report that names an object of the repository, and a server where nothing listens.
  verify: [['verify', '.git/report.json', '--gitlab-url', 'http://127.0.0.1:9']],
  revoke: [['revoke', '.git/report.json', '--gitlab-url', 'http://127.0.0.1:9', '--yes', '--audit-log', '.git/log']],
  rotate: [['rotate', '.git/report.json', '--gitlab-url', 'http://127.0.0.1:9', '--dry-run']],
  vault: [['vault', 'get', 'a/b@c', '--vault-url', 'http://127.0.0.1:9']],
  report: [['report', '.git/report.json']],
  message: [['message', 'message']],
  hook: [
    ['hook', 'run', 'pre-commit'],
    ['hook', 'run', 'commit-msg', 'message'],
    ['hook', 'install'],
    ['hook', 'uninstall'],
  ],
  init: [['init', '--yes']],
  doctor: [['doctor'], ['doctor', '--online', '--gitlab-url', 'http://127.0.0.1:9']],
  baseline: [['baseline', '--yes', '--output', 'known.txt']],
  accept: [
    ['accept', '0'.repeat(12), '--reason', 'none'],
    ['accept', '0'.repeat(64), '--reason', 'none'],
  ],
  // Without a terminal it only reads its arguments.
  triage: [['triage', '.git/report.json']],
  explain: [['explain', '-']],
  // An editor that ends at once.
  lsp: [['lsp']],
  rules: [['rules', 'list']],
  upgrade: [['upgrade'], ['upgrade', '--check', '--registry', 'http://127.0.0.1:9']],
  completions: [['completions', 'bash']],
  help: [['help']],
};

describe.each(Object.keys(COMMANDS) as CommandName[])('glaive %s', (command) => {
  it('springs none, also when an object is missing that a program could fetch', async () => {
    const { root, sprung } = await trappedWithReport();
    const object = git(root, '-c', 'alias.rev-parse=', 'rev-parse', ':a.txt').trim();
    sprung();
    expect(CALLS[command].length).toBeGreaterThan(0);
    for (const args of CALLS[command]) {
      const { code, stderr } = await glaive(args, { cwd: root, env: { GIT_TERMINAL_PROMPT: '0' } });
      expect([args, sprung()]).toEqual([args, []]);
      expect(stderr).not.toMatch(/internal error/);
      expect(code, stderr).not.toBe(130);
    }
    rmSync(join(root, '.git', 'objects', object.slice(0, 2), object.slice(2)));
    for (const args of CALLS[command]) {
      await glaive(args, { cwd: root });
      expect([args, sprung()]).toEqual([args, []]);
    }
  });
});

/** A program that leaves a mark. */
function trapProgram(folder: string, name: string): { readonly path: string; readonly isSprung: () => boolean } {
  const mark = join(tempFolder(), 'mark');
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n: >'${mark}'\nexit 1\n`, { mode: 0o755 });
  return { path, isSprung: () => existsSync(mark) };
}

describe.each(Object.keys(COMMANDS) as CommandName[])(
  'glaive %s, in an environment that leads into the repository',
  (command) => {
    it('runs no program of it that is found by name, and none that a setting in a variable names', async () => {
      const { root, sprung } = await trappedWithReport();
      mkdirSync(join(root, 'bin'));
      const traps = ['git', 'sh', 'true', 'ssh', 'node'].flatMap((name) => [
        trapProgram(root, name),
        trapProgram(join(root, 'bin'), name),
      ]);
      const path = process.env['PATH'] ?? '';
      const alone = [`:${path}`, `.:${path}`, `bin:./:${path}`, `${path}:`];
      // Whichever of its folders a command took, a trap would be the first that is found there.
      for (const PATH of command === 'staged' ? alone : [`:.:bin:./:${path}:`]) {
        for (const args of CALLS[command].filter(([name]) => name !== 'mask')) {
          await glaive(args, { cwd: root, env: { PATH } });
          expect([args, PATH, traps.filter(({ isSprung }) => isSprung()).map((trap) => trap.path), sprung()]).toEqual([
            args,
            PATH,
            [],
            [],
          ]);
        }
      }

      const { path: program, isSprung } = trapProgram(tempFolder(), 'program');
      const names = [...PROGRAMS, 'alias.cat-file', 'alias.diff', 'alias.ls-files'];
      const value = (name: string): string => (name.startsWith('alias.') ? `!${program}` : program);
      const counted = {
        GIT_CONFIG_COUNT: `${names.length}`,
        ...Object.fromEntries(
          names.flatMap((name, index) => [
            [`GIT_CONFIG_KEY_${index}`, name],
            [`GIT_CONFIG_VALUE_${index}`, value(name)],
          ]),
        ),
      };
      const given = { GIT_CONFIG_PARAMETERS: names.map((name) => `'${name}'='${value(name)}'`).join(' ') };
      for (const env of [counted, given]) {
        for (const args of CALLS[command]) {
          await glaive(args, { cwd: root, env });
          expect([args, isSprung(), sprung()]).toEqual([args, false, []]);
        }
      }
    });
  },
);

it('those traps work too: git springs them', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  const named = trapProgram(root, 'git');
  await runProgram('env', ['git', 'status'], { cwd: root, env: { PATH: `:${process.env['PATH']}` } });
  expect(named.isSprung()).toBe(true);
  const set = trapProgram(tempFolder(), 'program');
  await runProgram('git', ['status'], { cwd: root, env: { GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${set.path}'` } });
  expect(set.isSprung()).toBe(true);
});

it('parents that a repository makes up hide nothing', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  writeFiles(root, { 'b.txt': `token = "${token()}"\n` });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'leak');
  const [tip, base] = git(root, 'rev-parse', 'HEAD', 'HEAD~1').split('\n');
  mkdirSync(join(root, '.git', 'info'), { recursive: true });
  const grafts = `${base} ${tip}\n${tip}\n`;
  writeFileSync(join(root, '.git', 'info', 'grafts'), grafts);
  expect(git(root, 'rev-list', `${base}..${tip}`)).toBe('');
  writeFileSync(join(root, 'grafts'), grafts);
  for (const env of [{}, { GIT_GRAFT_FILE: join(root, 'grafts') }]) {
    const { code, stdout } = await glaive(['diff', `${base}..${tip}`], { cwd: root, env });
    expect([code, stdout]).toEqual([1, expect.stringContaining('b.txt')]);
    const pushed = { cwd: root, env, input: `${base} ${tip} refs/heads/other\n` };
    git(root, 'update-ref', '-d', 'refs/heads/main');
    expect(await glaive(['hook', 'run', 'pre-receive'], pushed)).toMatchObject({ code: 1 });
    git(root, 'update-ref', 'refs/heads/main', tip!);
  }
});

it('settings in the environment of the user spring no trap', async () => {
  const { root, sprung } = trappedRepository();
  const mark = join(tempFolder(), 'mark');
  const program = join(tempFolder(), 'program');
  writeFileSync(program, `#!/bin/sh\n: >'${mark}'\n`, { mode: 0o755 });
  const env = {
    GIT_EXTERNAL_DIFF: program,
    GIT_PAGER: program,
    PAGER: program,
    GIT_ASKPASS: program,
    GIT_SSH: program,
  };
  for (const args of [['staged'], ['scan'], ['hook', 'run', 'pre-commit']]) {
    await glaive(args, { cwd: root, env });
    expect([existsSync(mark), sprung()]).toEqual([false, []]);
  }
});

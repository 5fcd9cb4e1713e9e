/**
 * A repository that wants to run programs: every setting that names one leads to a trap, which leaves a mark. No command
 * of glaive may spring any of them. The traps are proven to work by git itself, in the same test.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName } from '../../src/cli/command-table.ts';
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
  git(root, 'config', 'core.hooksPath', hooks);
  for (const name of PROGRAMS) git(root, 'config', name, trap(name));
  for (const name of ['diff', 'ls-files', 'rev-parse', 'status', 'cat-file', 'log', 'config', 'version', 'trapalias']) {
    git(root, 'config', `alias.${name}`, `!${trap(`alias.${name}`)}`);
  }
  // A partial clone whose missing objects are fetched by a program.
  git(root, 'config', 'remote.origin.url', `ext::${trap('remote')}`);
  git(root, 'config', 'protocol.ext.allow', 'always');
  git(root, 'config', 'remote.origin.promisor', 'true');
  git(root, 'config', 'extensions.partialClone', 'origin');
  return {
    root,
    sprung() {
      const names = readdirSync(marks).toSorted();
      for (const name of names) rmSync(join(marks, name));
      return names;
    },
  };
}

let trapped: Trapped;
beforeEach(async () => {
  trapped = trappedRepository();
  await glaive(['staged', '--format', 'json', '--output', '.git/report.json'], { cwd: trapped.root });
  trapped.sprung();
});

it('the traps work: git itself springs them', async () => {
  const { root, sprung } = trapped;
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
  baseline: [['baseline', '--yes', '--output', 'known.txt']],
  accept: [
    ['accept', '0'.repeat(12), '--reason', 'none'],
    ['accept', '0'.repeat(64), '--reason', 'none'],
  ],
  explain: [['explain', '-']],
  rules: [['rules', 'list']],
  completions: [['completions', 'bash']],
  help: [['help']],
};

describe.each(Object.keys(COMMANDS) as CommandName[])('glaive %s', (command) => {
  it('springs none', async () => {
    const { root, sprung } = trapped;
    expect(CALLS[command].length).toBeGreaterThan(0);
    for (const args of CALLS[command]) {
      const { code, stderr } = await glaive(args, { cwd: root, env: { GIT_TERMINAL_PROMPT: '0' } });
      expect([args, sprung()]).toEqual([args, []]);
      expect(stderr).not.toMatch(/internal error/);
      expect(code, stderr).not.toBe(130);
    }
  });

  it('springs none when an object is missing that a program could fetch', async () => {
    const { root, sprung } = trapped;
    for (const object of [git(root, '-c', 'alias.rev-parse=', 'rev-parse', ':a.txt').trim()]) {
      const path = join(root, '.git', 'objects', object.slice(0, 2), object.slice(2));
      if (existsSync(path)) rmSync(path);
    }
    sprung();
    for (const args of CALLS[command]) {
      await glaive(args, { cwd: root });
      expect([args, sprung()]).toEqual([args, []]);
    }
  });
});

it('the settings of whoever runs glaive in the environment spring none', async () => {
  const { root, sprung } = trapped;
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

/** The commands in the message of a stopped commit work as they are printed, wherever the user is and whatever the file is called. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRuns, hookedRepository } from '../support/hooked.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(61);

const NAMES = [
  'plain.py',
  'it\'s a "file" $HOME `x`.py',
  '[ab].py',
  '*.py',
  ':(top)x.py',
  '-n.py',
  '!x.py',
  'a%b.py',
  'é.py',
  'é.py',
  'b\\c.py',
  '~x',
  '#x',
];

it.each(NAMES)('%s', async (name) => {
  for (const folder of ['', 'sub/deep/']) {
    const root = tempRepository({ [`${folder}a.py`]: 'one\n', 'sub/other.txt': 'one\n' });
    writeFiles(root, { [folder + name]: `token = "${token()}"\n` });
    git(root, 'add', '--all');
    // Unstaged changes of other files stay so.
    writeFiles(root, { [folder + name]: 'token = None\n', [`${folder}a.py`]: 'two\n' });
    const { stderr } = await glaive(['hook', 'run', 'pre-commit'], { cwd: root, env: { GIT_PREFIX: folder } });
    const [, command] = /Stage the file again:\s+(.*)/.exec(stderr) ?? [];
    const cwd = join(root, folder);
    expect(await runProgram('sh', ['-c', command!], { cwd }), command).toMatchObject({ code: 0 });
    expect(git(root, 'diff', '--name-only', '-z'), command).toBe(`${folder}a.py\0`);
  }
});

it('a name with a secret in it is not in the command', async () => {
  const root = tempRepository();
  writeFiles(root, { [`${token()}.py`]: `token = "${token()}"\n`, A: 'a\n' });
  git(root, 'add', '--all');
  const { stderr } = await glaive(['hook', 'run', 'pre-commit'], { cwd: root });
  expect(stderr).toContain('Stage the file again: git add --update');
});

it('in a folder of the work tree: the file, and the baseline', async () => {
  const root = await hookedRepository({ 'sub/a.py': 'one\n' });
  writeFiles(root, { 'sub/a.py': `token = "${token()}"\n` });
  git(root, 'add', '--all');
  const cwd = join(root, 'sub');
  const { stderr, made } = await gitRuns(cwd, ['commit', '--message', 'x']);
  expect(made).toBe(false);
  expect(stderr).toContain('git add :/sub/a.py');
  const [, accept, stage] = /False alarm\?\s+(glaive accept [^;]*);\s+(.*)/.exec(stderr) ?? [];
  const [, fingerprint] = / accept (\w+)/.exec(accept!) ?? [];
  expect((await glaive(['accept', fingerprint!, '--reason', 'why'], { cwd })).code).toBe(0);
  expect(await runProgram('sh', ['-c', stage!], { cwd })).toMatchObject({ code: 0 });
  expect(await gitRuns(cwd, ['commit', '--message', 'x'])).toMatchObject({ made: true });
  expect(existsSync(join(root, '.glaive-baseline'))).toBe(true);
});

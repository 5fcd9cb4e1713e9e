/** This repository checks its own commits, with husky and with the glaive that is built in it. */

import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRuns } from '../support/hooked.ts';
import { runProgram } from '../support/run-program.ts';
import { DIST } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, writeFiles } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');

it('a clone with its hooks set up refuses a token, in a file and in a message', async () => {
  const clone = join(tempFolder(), 'clone');
  git(tempFolder(), 'init', '--quiet', clone);
  for (const name of ['.husky', '.gitignore', 'package.json'])
    cpSync(join(root, name), join(clone, name), { recursive: true });
  symlinkSync(DIST, join(clone, 'dist'));
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  mkdirSync(join(clone, 'src'));
  expect(await runProgram(process.execPath, ['node_modules/husky/bin.js'], { cwd: clone })).toMatchObject({ code: 0 });
  const token = tokenMint(38)();
  writeFiles(clone, { 'src/a.ts': `const token = '${token}';\n` });
  git(clone, 'add', 'src');
  const refused = await gitRuns(clone, ['commit', '-m', 'x']);
  expect(refused).toMatchObject({ made: false });
  expect(refused.stderr).toMatch(/src\/a\.ts:1\b/);
  expect(refused.stderr).not.toContain(token.slice(6));
  writeFiles(clone, { 'src/a.ts': 'export {};\n' });
  git(clone, 'add', 'src');
  expect(await gitRuns(clone, ['commit', '-m', `for ${token}`])).toMatchObject({ made: false });
  expect(await gitRuns(clone, ['commit', '-m', 'x'])).toMatchObject({ made: true });
});

it('without a build it says what to do, and stops', async () => {
  const clone = tempFolder();
  git(clone, 'init', '--quiet');
  cpSync(join(root, '.husky'), join(clone, '.husky'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  expect(await runProgram(process.execPath, ['node_modules/husky/bin.js'], { cwd: clone })).toMatchObject({ code: 0 });
  const { made, stderr } = await gitRuns(clone, ['commit', '--allow-empty', '-m', 'x']);
  expect(made).toBe(false);
  expect(stderr).toMatch(/npm run build/);
});

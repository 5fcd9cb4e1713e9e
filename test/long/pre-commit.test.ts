/** pre-commit with this repository as a git URL: it installs and builds it with npm, and runs what it built. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { PRE_COMMIT_THAT_BUILDS, preCommitProgram } from '../support/tools.ts';

const token = tokenMint(68);

it.skipIf(preCommitProgram(PRE_COMMIT_THAT_BUILDS) === undefined)(
  'a git URL of this repository',
  async () => {
    const here = join(import.meta.dirname, '..', '..');
    // What is committed is what others get.
    const source = tempFolder();
    git(source, 'clone', '--quiet', '--no-local', here, '.');
    const rev = git(source, 'rev-parse', 'HEAD').trim();
    const root = tempRepository({
      '.pre-commit-config.yaml': `repos:\n  - repo: file://${source}\n    rev: ${rev}\n    hooks: [{id: glaive-pre-commit}, {id: glaive-commit-msg}]\n`,
    });
    const env = {
      PRE_COMMIT_HOME: tempFolder(),
      HOME: tempFolder(),
      npm_config_cache: execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(),
    };
    const install = await runProgram(
      preCommitProgram(PRE_COMMIT_THAT_BUILDS)!,
      ['install', '-t', 'pre-commit', '-t', 'commit-msg', '--install-hooks'],
      {
        cwd: root,
        env,
      },
    );
    expect(install).toMatchObject({ code: 0 });
    writeFiles(root, { 'leak.txt': token() });
    git(root, 'add', 'leak.txt');
    const { code, stdout, stderr } = await runProgram('git', ['commit', '-m', 'x'], { cwd: root, env });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/leak\.txt/);
    git(root, 'rm', '--quiet', '--force', 'leak.txt');
    writeFiles(root, { 'fine.txt': 'fine\n' });
    git(root, 'add', 'fine.txt');
    expect(await runProgram('git', ['commit', '-m', 'x'], { cwd: root, env })).toMatchObject({ code: 0 });
  },
  300_000,
);

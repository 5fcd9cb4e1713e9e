/** Hooks are started by whatever Node a program finds. One that is too old must say so, and stop the commit. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRuns } from '../support/hooked.ts';
import { CLI } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

/** Node's arguments that make it tell another version. */
function pretending(version: string): string[] {
  const preload = join(tempFolder(), 'preload.cjs');
  writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
  return ['--require', preload];
}

const SINGLE = join(CLI, '..', '..', 'glaive.cjs');

it.each(['8.17.0', '18.20.8', '20.18.3'])(
  'Node %s is refused with what is needed and what is there',
  async (version) => {
    for (const program of [CLI, SINGLE]) {
      const { code, stdout, stderr } = await glaiveProcess(['scan'], { nodeArgs: pretending(version), program });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`it needs Node 20.19 or newer, and this is Node ${version} (${process.execPath})`);
      expect(stderr).toMatch(/Install a newer Node/);
    }
  },
);

it.each(['20.19.0', '22.0.0', '26.1.0'])('Node %s is not', async (version) => {
  for (const program of [CLI, SINGLE]) {
    const { code } = await glaiveProcess(['--version'], { nodeArgs: pretending(version), program });
    expect(code).toBe(0);
  }
});

it('what an old Node reads before it is refused is nothing newer than ECMAScript 5', () => {
  const text = readFileSync(CLI, 'utf8').replace(/\/\/.*|'[^'\n]*'/g, '');
  expect(text).not.toMatch(/=>|`|\?\.|\?\?|\b(?:let|const|class|async|await|import|of)\b|\.\.\./);
});

it('a hook that an old Node runs stops the commit; only a reason lets it pass', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  // The Node that is recorded when the hook is installed is the old one.
  const folder = tempFolder();
  const old = join(folder, 'node');
  writeFileSync(old, `#!/bin/sh\nexec '${process.execPath}' ${pretending('16.20.2').join(' ')} "$@"\n`, {
    mode: 0o755,
  });
  expect((await glaiveProcess(['hook', 'install'], { cwd: root })).code).toBe(0);
  const hook = join(root, '.git', 'hooks', 'pre-commit');
  writeFileSync(hook, readFileSync(hook, 'utf8').replace(process.execPath, old));
  writeFiles(root, { 'a.txt': `two ${tokenMint(36)()}\n` });
  git(root, 'add', '--all');
  const refused = await gitRuns(root, ['commit', '-m', 'x']);
  expect(refused).toMatchObject({ made: false });
  expect(refused.stderr).toMatch(/this is Node 16\.20\.2/);
  expect(await gitRuns(root, ['commit', '-m', 'x'], { GLAIVE_SKIP: ' ' })).toMatchObject({ made: false });
  const passed = await gitRuns(root, ['commit', '-m', 'x'], { GLAIVE_SKIP: 'mending Node \u001b[31m' });
  expect(passed.stderr).toContain('glaive: skipped: mending Node ?[31m');
  expect(passed).toMatchObject({ made: true });
});

/** `glaive history PATH`: the named repository, with its own configuration, whatever the current folder is. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { historyJson, placesOf, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(74);

function leaking(name: string): string {
  const root = tempRepository({ [name]: `${token()}\n` });
  git(root, 'rm', '--quiet', name);
  git(root, 'commit', '--quiet', '--message', 'gone');
  return root;
}

function bareOf(root: string, parent = tempFolder()): string {
  const bare = join(parent, 'x.git');
  git(parent, 'clone', '--quiet', '--mirror', root, bare);
  return bare;
}

describe('the repository that is named', () => {
  it.each([
    ['a work tree', (root: string) => root],
    ['its .git', (root: string) => join(root, '.git')],
    ['a bare one', (root: string) => bareOf(root)],
    [
      'a linked work tree',
      (root: string) => {
        const tree = join(tempFolder(), 'tree');
        git(root, 'worktree', 'add', '--quiet', '--detach', tree);
        return tree;
      },
    ],
  ])('%s, from anywhere: the same report as from within', async (_name, pathOf) => {
    const path = pathOf(leaking('b.txt'));
    const here = await historyJson(path);
    expect(placesOf(here.report)).toEqual(['b.txt']);
    for (const cwd of [tempFolder(), leaking('other.txt'), join(path, '..')])
      expect((await historyJson(cwd, [path])).stdout).toBe(here.stdout);
  });

  it('by a relative path, and not the one that a hook runs for', async () => {
    const other = leaking('other.txt');
    const root = leaking('b.txt');
    const { report } = await historyJson(join(root, '..'), [root.split('/').at(-1)!], {
      env: { GIT_DIR: join(other, '.git'), GIT_OBJECT_DIRECTORY: join(other, '.git', 'objects') },
    });
    expect(placesOf(report)).toEqual(['b.txt']);
  });

  it('has its own configuration, and none of the current folder or of the folders around it', async () => {
    const outer = tempRepository({ '.glaive.toml': 'this is no TOML', 'o.txt': 'x\n' });
    const bare = bareOf(leaking('b.txt'), outer);
    expect(await historyJson(outer, ['x.git'])).toMatchObject({ code: 1 });
    expect(await historyJson(bare)).toMatchObject({ code: 1 });
    const root = leaking('c.txt');
    const allowed = '[[allow]]\npath = "c.txt"\nreason = "a test"\n';
    writeFiles(root, { '.glaive.toml': allowed });
    expect((await historyJson(outer, [root])).code).toBe(0);
    expect((await historyJson(root)).code).toBe(0);
  });

  it('files that the user names are relative to the current folder', async () => {
    const cwd = tempFolder();
    const root = leaking('b.txt');
    writeFiles(cwd, { 'c.toml': '[[allow]]\npath = "b.txt"\nreason = "a test"\n' });
    const { code } = await glaive(['history', root, '--config', 'c.toml', '--state', 's', '--output', 'json=r.json'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(git(root, 'status', '--short')).toBe('');
    rmSync(join(cwd, 's'));
    rmSync(join(cwd, 'r.json'));
  });
});

describe('what is no repository', () => {
  const refused = async (cwd: string, args: readonly string[], says: RegExp): Promise<void> => {
    const ran = await glaive(['history', ...args], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(ran.stderr).toMatch(/\n {2}[A-Z].*/);
  };

  it('is an error, and never the repository around it', async () => {
    const root = leaking('b.txt');
    mkdirSync(join(root, 'sub'));
    await refused(root, ['sub'], /not a git repository/);
    const bare = bareOf(leaking('c.txt'), root);
    writeFileSync(join(bare, 'HEAD'), 'broken\n');
    await refused(root, ['x.git'], /not a git repository/);
    await refused(root, ['nothing'], /nothing: no such folder/);
    writeFileSync(join(root, 'file'), '');
    await refused(root, ['file'], /file is not a folder/);
  });
});

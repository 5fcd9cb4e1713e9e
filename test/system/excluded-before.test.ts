/** Only a scanned version is "before": a secret that leaves an excluded path counts as new, however git describes the change. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { some } from '../support/runs.ts';
import { diffJson, placesOf, positionsOf, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(2208);
type Files = Readonly<Record<string, string>>;

function commit(root: string, files: Files = {}): void {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'x');
}

const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');

/** Ways to pass `fixtures/` over, and what it says in the report where it says anything. */
const WAYS: Readonly<Record<string, Files>> = {
  '.glaiveignore': { '.glaiveignore': 'fixtures/\n' },
  'scan.exclude': { '.glaive.toml': '[scan]\nexclude = ["fixtures/"]\n' },
  'an exception for a path': { '.glaive.toml': '[[allow]]\npath = "fixtures/"\nreason = "made up"\n' },
};

/** What may be done with `fixtures/a.txt`, in the work tree; each puts its secret at `src/a.txt`. */
const MOVES: Readonly<Record<string, (root: string, text: string) => void>> = {
  'a rename': (root) => {
    writeFiles(root, { 'src/.keep': '' });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
  },
  'a rename with an edit': (root, text) => {
    writeFiles(root, { 'src/.keep': '' });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
    writeFiles(root, { 'src/a.txt': `${text}more\n` });
  },
  'a copy': (root, text) => writeFiles(root, { 'src/a.txt': text }),
  'a move of the line': (root, text) =>
    writeFiles(root, { 'fixtures/a.txt': lines, 'src/a.txt': text.replace(lines, '') }),
};

const cases = Object.keys(WAYS).flatMap((way) => Object.keys(MOVES).map((move) => ({ way, move })));

describe('out of a folder that is excluded', () => {
  // Five have each way and each move.
  describe.each(some(cases, 5))('by $way, with $move', ({ way, move }) => {
    const made = (): string => {
      const text = `${lines}${token()}\n`;
      const root = tempRepository({ ...WAYS[way], 'fixtures/a.txt': text, 'src/b.txt': 'b\n' });
      MOVES[move]!(root, text);
      git(root, 'add', '--all');
      return root;
    };

    it('counts in the next commit', async () => {
      const { code, report } = await stagedJson(made());
      expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['src/a.txt'] });
      expect(positionsOf(report)).toHaveLength(1);
    });

    it('counts in a range', async () => {
      const root = made();
      git(root, 'tag', 'base');
      commit(root);
      const { code, report } = await diffJson(root, ['base..HEAD']);
      expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['src/a.txt'] });
    });
  });
});

describe('a range that starts before the secret', () => {
  it('put there by one commit, and taken out by a later one', async () => {
    const root = tempRepository({ '.glaiveignore': 'fixtures/\n', 'src/b.txt': 'b\n' });
    git(root, 'tag', 'base');
    commit(root, { 'fixtures/a.txt': `${lines}${token()}\n` });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
    commit(root);
    const { code, report } = await diffJson(root, ['base..HEAD']);
    expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['src/a.txt'] });
  });

  it('taken out by a merge alone', async () => {
    const root = tempRepository({ '.glaiveignore': 'fixtures/\n', 'fixtures/a.txt': `${lines}${token()}\n` });
    git(root, 'tag', 'base');
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commit(root, { 'b.txt': 'b\n' });
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'c.txt': 'c\n' });
    git(root, 'merge', '--quiet', '--no-commit', '--no-ff', 'topic');
    writeFiles(root, { 'src/.keep': '' });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
    const staged = await stagedJson(root);
    expect({ code: staged.code, places: placesOf(staged.report) }).toEqual({ code: 1, places: ['src/a.txt'] });
    commit(root);
    const { code, report } = await diffJson(root, ['base..HEAD']);
    expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['src/a.txt'] });
  });

  it('a path that the change no longer excludes was not scanned, and counts if the file is edited', async () => {
    const text = `${lines}${token()}\n`;
    const root = tempRepository({ '.glaiveignore': 'fixtures/\n', 'fixtures/a.txt': text });
    git(root, 'tag', 'base');
    commit(root, { '.glaiveignore': '', 'fixtures/a.txt': `# edited\n${text}` });
    const { code, report } = await diffJson(root, ['base..HEAD']);
    expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['fixtures/a.txt'] });
  });
});

describe.each([
  [
    'the ignore file is removed',
    { '.glaiveignore': 'fixtures/\n' },
    (root: string) => void git(root, 'rm', '--quiet', '.glaiveignore'),
  ],
  [
    'the exclusion is narrowed',
    { '.glaive.toml': '[scan]\nexclude = ["fixtures/"]\n' },
    (root: string) => writeFiles(root, { '.glaive.toml': '[scan]\nexclude = ["fixtures/old/"]\n' }),
  ],
  [
    'the ignore file is gone from the disk alone',
    { '.glaiveignore': 'fixtures/\n' },
    (root: string) => rmSync(join(root, '.glaiveignore')),
  ],
])('what leaves an excluded path while %s', (_, control: Files, drop) => {
  it('counts in the next commit, and in the push', async () => {
    const remote = tempFolder();
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    const root = tempRepository({ ...control, 'fixtures/a.txt': `${lines}${token()}\n` });
    git(root, 'remote', 'add', 'origin', `file://${remote}`);
    git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
    writeFiles(root, { 'src/.keep': '' });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
    drop(root);
    const { code, report } = await stagedJson(root);
    expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['src/a.txt'] });
    const before = git(root, 'rev-parse', 'HEAD').trim();
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'moved');
    const after = git(root, 'rev-parse', 'HEAD').trim();
    const input = `refs/heads/main ${after} refs/heads/main ${before}\n`;
    expect((await glaive(['hook', 'run', 'pre-push', 'origin', 'x'], { cwd: root, input })).code).toBe(1);
  });

  it('counts where its own line is edited in place', async () => {
    const root = tempRepository({ ...control, 'fixtures/a.txt': `t = "${token()}"\n` });
    writeFiles(root, {
      'fixtures/a.txt': readFileSync(join(root, 'fixtures/a.txt'), 'utf8').replace('t =', 'token ='),
    });
    drop(root);
    git(root, 'add', 'fixtures');
    const { code, report } = await stagedJson(root);
    expect({ code, places: placesOf(report) }).toEqual({ code: 1, places: ['fixtures/a.txt'] });
  });
});

it('moved within what is scanned, or into what is not: nothing new', async () => {
  const root = tempRepository({
    '.glaiveignore': 'fixtures/\n',
    'src/a.txt': `${lines}${token()}\n`,
    'src/b.txt': `${lines}${lines}${token()}\n`,
  });
  git(root, 'tag', 'base');
  writeFiles(root, { 'fixtures/.keep': '' });
  git(root, 'mv', 'src/a.txt', 'src/c.txt');
  git(root, 'mv', 'src/b.txt', 'fixtures/b.txt');
  expect(await stagedJson(root)).toMatchObject({ code: 0 });
  commit(root);
  const { code, report } = await diffJson(root, ['base..HEAD']);
  expect({ code, places: placesOf(report) }).toEqual({ code: 0, places: [] });
});

describe('pushes', () => {
  const withRemote = (files: Files): { root: string; remote: string } => {
    const remote = tempFolder();
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    const root = tempRepository(files);
    git(root, 'remote', 'add', 'origin', `file://${remote}`);
    git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
    return { root, remote };
  };
  const moveOut = (root: string): void => {
    writeFiles(root, { 'src/.keep': '' });
    git(root, 'mv', 'fixtures/a.txt', 'src/a.txt');
    commit(root);
  };

  it('are stopped before they leave', async () => {
    const { root } = withRemote({ '.glaiveignore': 'fixtures/\n', 'fixtures/a.txt': `${lines}${token()}\n` });
    expect((await glaive(['hook', 'install', '--hooks', 'pre-push'], { cwd: root })).code).toBe(0);
    moveOut(root);
    const { code, stdout, stderr } = await runProgram('git', ['push', '--quiet'], { cwd: root });
    expect(code, stdout + stderr).not.toBe(0);
    expect(stdout + stderr).toContain('src/a.txt');
  });

  it('are rejected by a server whose administrator excludes the folder', async () => {
    const { root, remote } = withRemote({ 'fixtures/a.txt': `${lines}${token()}\n` });
    const config = join(tempFolder(), 'glaive.toml');
    writeFiles(join(config, '..'), { 'glaive.toml': '[scan]\nexclude = ["fixtures/"]\n' });
    expect((await glaive(['hook', 'install', '--server', remote, '--config', config], { cwd: root })).code).toBe(0);
    moveOut(root);
    const { code, stderr } = await runProgram('git', ['push', '--quiet'], { cwd: root });
    expect(code, stderr).not.toBe(0);
    expect(stderr).toContain('src/a.txt:21');
  });
});

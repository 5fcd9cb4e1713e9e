/** `glaive history` in a clone without the whole history: it reports that older commits were not scanned. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { historyJson, placesOf, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(73);

/** A leak in the first commit, taken out in the second, and a merge later on. */
function origin(): string {
  const root = tempRepository({ 'a.txt': `${token()}\n` });
  const commit = (text: string): void => {
    writeFiles(root, { 'a.txt': text });
    git(root, 'commit', '--quiet', '--all', '--message', text);
  };
  commit('gone');
  git(root, 'checkout', '--quiet', '-b', 'side');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'side');
  git(root, 'checkout', '--quiet', 'main');
  commit('one');
  git(root, 'merge', '--quiet', '--no-edit', 'side');
  commit('two');
  return root;
}

function clone(root: string, ...args: string[]): string {
  const folder = tempFolder();
  git(folder, 'clone', '--quiet', ...args, pathToFileURL(root).href, '.');
  return folder;
}

/** The commits that have parents in truth, and none here: what git itself says. */
function boundary(folder: string): string[] {
  return git(folder, 'rev-list', '--all', '--max-parents=0')
    .split('\n')
    .filter((id) => id !== '' && /^parent /m.test(git(folder, 'cat-file', 'commit', id)));
}

describe('a shallow clone', () => {
  it.each([1, 2, 3])('of depth %i is a gap that names where it ends and the way out', async (depth) => {
    const folder = clone(origin(), `--depth=${depth}`);
    const ends = boundary(folder).toSorted();
    const { code, report, stderr } = await historyJson(folder);
    expect(code).toBe(2);
    expect(report.scan.complete).toBe(false);
    expect(report.gaps).toMatchObject([{ kind: 'history', hint: expect.stringContaining('git fetch --unshallow') }]);
    const [gap] = report.gaps;
    expect(gap!.message).toContain(`${ends.length} commit${ends.length === 1 ? '' : 's'}`);
    for (const id of ends) expect(gap!.message).toContain(id.slice(0, 12));
    expect(stderr).toContain('--shallow-ok');
  });

  it('is no gap with --shallow-ok, by either reader', async () => {
    const folder = clone(origin(), '--depth=2');
    for (const args of [[], ['--reader', 'pack'], ['--reader', 'git'], ['--check']])
      expect(await historyJson(folder, ['--shallow-ok', ...args])).toMatchObject({ code: 0, report: { gaps: [] } });
    expect((await historyJson(folder, ['--check'])).code).toBe(2);
  });

  it('that has everything is not a gap', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    for (const depth of [1, 2]) {
      expect(await historyJson(clone(root, `--depth=${depth}`))).toMatchObject({ code: 0, report: { gaps: [] } });
      git(root, 'commit', '--quiet', '--allow-empty', '--message', 'x');
    }
    const whole = clone(origin(), '--depth=2');
    git(whole, 'fetch', '--quiet', '--unshallow');
    expect((await historyJson(whole)).report.gaps).toEqual([]);
  });

  it('is reported in bare clones and in their linked work trees', async () => {
    const bare = clone(origin(), '--bare', '--depth=2');
    expect((await historyJson(bare)).code).toBe(2);
    const folder = clone(origin(), '--depth=2');
    const tree = join(tempFolder(), 'tree');
    git(folder, 'worktree', 'add', '--quiet', '--detach', tree);
    expect((await historyJson(tree)).code).toBe(2);
  });

  it('of many branches names some of the ends, and how many there are', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    for (let branch = 0; branch < 30; branch++) {
      git(root, 'checkout', '--quiet', '-b', `b${branch}`, 'main');
      git(root, 'commit', '--quiet', '--allow-empty', '--message', `${branch}`);
      git(root, 'commit', '--quiet', '--allow-empty', '--message', `${branch} again`);
    }
    const { report } = await historyJson(clone(root, '--depth=1', '--no-single-branch'));
    expect(report.gaps).toHaveLength(1);
    expect(report.gaps[0]!.message).toMatch(/30 commits/);
    expect(report.gaps[0]!.message.length).toBeLessThan(400);
  });

  it.each([[], ['--shallow-ok']])('with a state: what is fetched later is scanned (%j)', async (...args) => {
    const folder = clone(origin(), '--depth=2');
    const state = join(tempFolder(), 'state');
    expect((await historyJson(folder, ['--state', state, ...args])).code).toBe(args.length === 0 ? 2 : 0);
    git(folder, 'fetch', '--quiet', '--unshallow');
    expect(placesOf((await historyJson(folder, ['--state', state])).report)).toEqual(['a.txt']);
  });

  it('the text report does not begin with good news', async () => {
    const { stdout } = await glaive(['history'], { cwd: clone(origin(), '--depth=2') });
    expect(stdout).toMatch(/^INCOMPLETE/);
  });
});

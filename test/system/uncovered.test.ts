/** A change that only drops an exclusion: what it uncovers is scanned in that change, and not in one where it was scanned before. */

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { diffJson, positionsOf, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(404);

function commit(root: string, message = 'x'): string {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', message);
  return git(root, 'rev-parse', 'HEAD').trim();
}

const WAYS: readonly (readonly [name: string, file: string, text: string])[] = [
  ['a line of .glaiveignore', '.glaiveignore', 'docs/\nfixtures/\n'],
  ['an exclusion of .glaive.toml', '.glaive.toml', '[scan]\nexclude = ["docs/", "fixtures/"]\n'],
];

describe.each(WAYS)('%s that is dropped', (_, file, text) => {
  const dropped = text.replace('fixtures/\n', '').replace(', "fixtures/"', '');
  const repository = (): string =>
    tempRepository({
      [file]: text,
      'fixtures/keys.env': `one\n${token()}\n`,
      'docs/x': token(),
      'src/a': 'x\n',
      'zz/b': 'x\n',
    });

  it('staged: what it uncovers, once', async () => {
    const root = repository();
    writeFiles(root, { [file]: dropped });
    git(root, 'add', '--all');
    const alone = await glaive(['staged', '--format', 'json'], { cwd: root });
    expect([alone.code, positionsOf(JSON.parse(alone.stdout))]).toEqual([1, ['fixtures/keys.env:2:1']]);
    // With a line that is new in it.
    writeFiles(root, { 'fixtures/keys.env': `${git(root, 'show', 'HEAD:fixtures/keys.env')}${token()}\n` });
    git(root, 'add', '--all');
    const edited = await glaive(['staged', '--format', 'json'], { cwd: root });
    const found = positionsOf(JSON.parse(edited.stdout)).toSorted();
    expect([edited.code, found]).toEqual([1, ['fixtures/keys.env:2:1', 'fixtures/keys.env:3:1']]);
  });

  it('diff and pre-push: what it uncovers; and not again in the next change', async () => {
    const remote = tempFolder();
    git(remote, 'init', '--quiet', '--bare');
    const root = repository();
    git(root, 'remote', 'add', 'origin', remote);
    git(root, 'push', '--quiet', '--no-verify', 'origin', 'main');
    const before = git(root, 'rev-parse', 'HEAD').trim();
    writeFiles(root, { [file]: dropped });
    const after = commit(root);
    const { code, report } = await diffJson(root, ['HEAD~1..HEAD']);
    expect([code, positionsOf(report)]).toEqual([1, ['fixtures/keys.env:2:1']]);
    const push = async (from: string, to: string, ref = 'refs/heads/main') =>
      await glaive(['hook', 'run', 'pre-push', 'origin', remote], {
        cwd: root,
        input: `${ref} ${to} ${ref} ${from}\n`,
      });
    const pushed = await push(before, after);
    expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringContaining('fixtures/keys.env')]);
    // To a branch that is new on the remote, too.
    expect((await push('0'.repeat(40), after, 'refs/heads/new')).code).toBe(1);
    git(root, 'push', '--quiet', '--no-verify', 'origin', 'main');
    writeFiles(root, { 'src/a': 'y\n' });
    const later = commit(root);
    expect((await diffJson(root, ['HEAD~1..HEAD'])).code).toBe(0);
    expect((await push(after, later)).code).toBe(0);
  });

  it('a merge: what the other side has dropped uncovers files of this side alone', async () => {
    const root = repository();
    git(root, 'checkout', '--quiet', '-b', 'topic');
    writeFiles(root, { 'fixtures/own.env': token() });
    commit(root);
    git(root, 'checkout', '--quiet', 'main');
    writeFiles(root, { [file]: dropped });
    commit(root);
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-commit', 'main');
    const staged = await glaive(['staged', '--format', 'json'], { cwd: root });
    expect([staged.code, positionsOf(JSON.parse(staged.stdout))]).toEqual([1, ['fixtures/own.env:1:1']]);
    commit(root);
    const { code, report } = await diffJson(root, ['main..HEAD']);
    expect([code, positionsOf(report)]).toEqual([1, ['fixtures/own.env:1:1']]);
    // A branch that began before the exclusion came to main drops nothing.
    git(root, 'checkout', '--quiet', '-b', 'old', 'main');
    writeFiles(root, { 'src/a': 'z\n' });
    commit(root);
    git(root, 'checkout', '--quiet', '-b', 'newer', 'main');
    writeFiles(root, { [file]: text });
    commit(root);
    git(root, 'checkout', '--quiet', 'old');
    expect((await diffJson(root, ['newer..old'])).code).toBe(0);
    rmSync(join(root, file));
    expect((await diffJson(root, ['newer..old'])).code).toBe(0);
  });
});

describe('an exclusion that is dropped where its file has another name', () => {
  const ignore = 'fixtures/\n';
  const config = '[scan]\nexclude = ["fixtures/"]\n';
  const dropped = async (files: Readonly<Record<string, string>>, changed: string, args: string[] = []) => {
    const root = tempRepository({});
    mkdirSync(join(root, 'to'));
    symlinkSync('to', join(root, 'by'));
    for (const [name, text] of Object.entries(files))
      if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(root, name));
      else writeFiles(root, { [name]: text });
    writeFiles(root, { 'fixtures/keys.env': token() });
    commit(root);
    writeFiles(root, { [changed]: '' });
    git(root, 'add', '--all');
    const staged = await glaive(['staged', '--format', 'json', ...args], { cwd: root });
    commit(root);
    const { code, report } = await diffJson(root, ['HEAD~1..HEAD', ...args]);
    return [staged.code, positionsOf(JSON.parse(staged.stdout)), code, positionsOf(report)];
  };
  const found = [1, ['fixtures/keys.env:1:1'], 1, ['fixtures/keys.env:1:1']];

  it('what a link leads to, by further links', async () => {
    expect(await dropped({ '.glaiveignore': '-> ignored', ignored: ignore }, 'ignored')).toEqual(found);
    expect(await dropped({ '.glaiveignore': '-> by/ignored', 'to/ignored': ignore }, 'to/ignored')).toEqual(found);
    expect(await dropped({ '.glaive.toml': '-> to/x', 'to/x': '-> y', 'to/y': config }, 'to/y')).toEqual(found);
  });

  it('what --config names', async () => {
    expect(await dropped({ 'own.toml': config }, 'own.toml', ['--config', 'own.toml'])).toEqual(found);
  });
});

it('of many commits that a range starts from, any may have excluded what it uncovers', async () => {
  const root = tempRepository({ 'src/a': 'x' });
  git(root, 'checkout', '--quiet', '-b', 'topic');
  const merged = (files: Readonly<Record<string, string>>): void => {
    git(root, 'checkout', '--quiet', 'main');
    writeFiles(root, files);
    commit(root);
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-ff', '--message', 'x', 'main');
  };
  for (let count = 0; count < 24; count++) merged({ 'src/a': `${count}` });
  merged({ '.glaiveignore': 'fixtures/\n', 'fixtures/keys.env': token() });
  rmSync(join(root, '.glaiveignore'));
  commit(root);
  const { code, report } = await diffJson(root, ['main..topic']);
  expect([code, positionsOf(report)]).toEqual([1, ['fixtures/keys.env:1:1']]);
});

it('a partial clone: diff --fetch fetches what is uncovered', async () => {
  const origin = tempRepository({ '.glaiveignore': 'fixtures/\n', 'fixtures/keys.env': token(), 'src/a': 'x' });
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const root = join(tempFolder(), 'clone');
  const url = pathToFileURL(origin).href;
  git(origin, 'clone', '--quiet', '--filter=blob:none', '--no-checkout', url, root);
  git(root, 'read-tree', 'HEAD');
  git(root, 'rm', '--quiet', '--cached', '.glaiveignore');
  git(root, 'commit', '--quiet', '--no-verify', '--message', 'x');
  // It lacks what was excluded before, too.
  expect((await glaive(['diff', 'HEAD~1..HEAD'], { cwd: root })).code).toBe(2);
  const { code, report } = await diffJson(root, ['HEAD~1..HEAD', '--fetch']);
  expect([code, positionsOf(report)]).toEqual([1, ['fixtures/keys.env:1:1']]);
});

/** Files at a path in a commit: their ids, and their text behind symbolic links. */

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobAt, textAt } from '../../../src/git/file-at.ts';
import { createObjectReader } from '../../../src/git/objects.ts';
import { git, gitEnvironment, tempRepository } from '../../support/temp-folder.ts';

const LINKS = {
  link: 'folder/file',
  chain: 'link',
  upwards: 'folder/../folder/file',
  'folder-link': 'folder',
  outside: '/etc/hostname',
  above: '../elsewhere',
  dangling: 'nowhere',
  loop: 'loop',
  'through-a-file': 'folder/file/x',
};

function repositoryWithLinks(): string {
  const cwd = tempRepository({ 'folder/file': 'text\n', empty: '' });
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(cwd, name));
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message', 'links');
  return cwd;
}

it.each([
  ['folder/file', 'text\n'],
  ['empty', ''],
  ['link', 'text\n'],
  ['chain', 'text\n'],
  ['upwards', 'text\n'],
  ['folder-link/file', 'text\n'],
  ['folder', undefined],
  ['folder-link', undefined],
  ['outside', undefined],
  ['above', undefined],
  ['dangling', undefined],
  ['loop', undefined],
  ['through-a-file', undefined],
  ['folder/file/x', undefined],
  ['missing', undefined],
  ['a\nb', undefined],
])('textAt: %j in a commit is %j', async (path, text) => {
  expect(await textAt('HEAD', path, { cwd: repositoryWithLinks(), env: gitEnvironment() })).toBe(text);
});

it('a reader that follows links continues after each kind of broken link', async () => {
  const objects = createObjectReader({ cwd: repositoryWithLinks(), env: gitEnvironment() }, { followsLinks: true });
  const idOf = async (path: string): Promise<string | undefined> => {
    const object = await objects.read(`HEAD:${path}`);
    object?.reader.close();
    return object?.id;
  };
  const file = await idOf('folder/file');
  for (const broken of ['outside', 'above', 'dangling', 'loop', 'through-a-file', 'missing']) {
    expect(await idOf(broken), broken).toBeUndefined();
    expect(await idOf('chain'), broken).toBe(file);
  }
  objects.close();
});

it('blobAt: a link is a file of its own, and a name with a line feed is found in the tree', async () => {
  const cwd = tempRepository({ file: 'text\n', 'two\nlines': 'text\n' });
  symlinkSync('file', join(cwd, 'link'));
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message', 'link');
  const options = { cwd, env: gitEnvironment() };
  const objects = createObjectReader(options);
  const id = git(cwd, 'rev-parse', 'HEAD:file').trim();
  expect(await blobAt('HEAD', 'file', objects, options)).toBe(id);
  expect(await blobAt('HEAD', 'two\nlines', objects, options)).toBe(id);
  expect(await blobAt('HEAD', 'link', objects, options)).toBe(git(cwd, 'rev-parse', 'HEAD:link').trim());
  expect(await blobAt('HEAD', 'missing', objects, options)).toBeUndefined();
  objects.close();
});

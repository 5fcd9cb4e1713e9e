/** `glaive scan` in a work tree: what is called `.git` and is no repository, which git lists nowhere. */

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(78);

it('is scanned in every folder, as a folder, a file or a link, with or without files next to it', async () => {
  const root = tempRepository({ 'tracked/a.txt': 'x\n', '.gitignore': 'ignored\n' });
  writeFiles(root, {
    'tracked/.git/b.txt': token(),
    'alone/.git/deep/c.txt': token(),
    'untracked/d.txt': 'x\n',
    'untracked/below/.git/e.txt': token(),
    'file/.git': `gitdir: nowhere\n${token()}`,
    'ignored/.git/f.txt': token(),
  });
  symlinkSync(`/srv/${token()}`, join(root, 'untracked', '.git'));
  const { code, report } = await scanJson([], { cwd: root });
  expect(placesOf(report)).toEqual([
    'alone/.git/deep/c.txt',
    'file/.git',
    'tracked/.git/b.txt',
    'untracked/.git',
    'untracked/below/.git/e.txt',
  ]);
  expect({ code, skips: report.counts.skips }).toEqual({ code: 1, skips: { ignored: 1, symlink: 1 } });
});

it('a repository next to tracked files is counted', async () => {
  const root = tempRepository({ 'a/b.txt': 'x\n' });
  git(join(root, 'a'), 'init', '--quiet');
  expect((await scanJson([], { cwd: root })).report.counts.skips).toEqual({ 'git-directory': 1 });
});

it('in any case, where the repository says that names have none', async () => {
  const spelling = fc.constantFrom('.GIT', '.Git', '.giT');
  await fc.assert(
    fc.asyncProperty(
      spelling,
      fc.constantFrom('', 'a/', 'new/', 'a/new/'),
      fc.boolean(),
      async (name, folder, isBlind) => {
        const root = tempRepository({ 'a/b.txt': 'x\n' });
        git(root, 'config', 'core.ignoreCase', String(isBlind));
        writeFiles(root, { [`${folder}${name}/c.txt`]: token() });
        expect(placesOf((await scanJson([], { cwd: root })).report)).toEqual([`${folder}${name}/c.txt`]);
      },
    ),
    { numRuns: 4 },
  );
});

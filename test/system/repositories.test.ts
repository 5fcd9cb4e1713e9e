/** `glaive scan` where repositories lie among the files: their objects are compressed, so it never calls them clean. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzip, zip } from '../support/archives.ts';
import { historyJson, placesOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(75);
const SAYS = /a git repository: the objects in it are compressed, and were not scanned/;

/** A bare repository with a token in it, packed or loose. */
function bareAt(path: string, packed: boolean, secret = token()): void {
  const root = tempRepository({ 'a.txt': secret });
  mkdirSync(join(path, '..'), { recursive: true });
  git(root, 'clone', '--quiet', '--mirror', root, path);
  if (packed) git(path, 'repack', '-a', '-d', '-q');
}

/** Every file below a folder, as paths relative to it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function tarOf(folder: string): Buffer {
  return execFileSync('tar', ['-C', folder, '-cf', '-', '.'], { maxBuffer: 1 << 28 });
}

function zipOf(folder: string): Buffer {
  return zip(filesBelow(folder).map((name) => ({ name, content: readFileSync(join(folder, name)) })));
}

describe('a folder that holds bare repositories', () => {
  it.each([true, false])('is never clean (packed: %s), and history finds what it points to', async (packed) => {
    const folder = tempFolder();
    const secret = token();
    bareAt(join(folder, '@hashed', 'ab', 'cd', 'x.git'), packed, secret);
    bareAt(join(folder, 'y'), packed);
    writeFiles(folder, { 'readme.txt': 'x\n' });
    const { code, report, stderr } = await scanJson(['.'], { cwd: folder });
    expect(code).toBe(2);
    expect(report.gaps).toMatchObject([
      { kind: 'git', uri: '@hashed/ab/cd/x.git', message: expect.stringMatching(SAYS) },
      { kind: 'git', uri: 'y', message: expect.stringMatching(SAYS) },
    ]);
    expect(stderr).toContain('glaive history PATH');
    expect(placesOf((await historyJson(folder, [report.gaps[0]!.uri!])).report)).toEqual(['a.txt']);
  });

  it('whatever else lies in one is scanned', async () => {
    const folder = tempFolder();
    const bare = join(folder, 'x.git');
    bareAt(bare, true);
    writeFiles(bare, {
      'config.bak': token(),
      'objects/left.txt': token(),
      'objects/pack/note.txt': token(),
      'hooks/pre-receive': token(),
    });
    const { report } = await scanJson(['.'], { cwd: folder });
    expect(placesOf(report)).toEqual([
      'x.git/config.bak',
      'x.git/hooks/pre-receive',
      'x.git/objects/left.txt',
      'x.git/objects/pack/note.txt',
    ]);
  });

  it('in a work tree, tracked or not; and none that git ignores or .glaiveignore excludes', async () => {
    const root = tempRepository({ 'a.txt': 'x\n', '.gitignore': '/ignored\n' });
    for (const name of ['tracked.git', 'untracked.git', 'ignored/x.git', 'excluded.git'])
      bareAt(join(root, name), true);
    git(root, 'add', 'tracked.git');
    writeFiles(root, { '.glaiveignore': '/excluded.git\n' });
    for (const cwd of [root, join(root, 'tracked.git', '..')])
      expect((await scanJson([], { cwd })).report.gaps.map(({ uri }) => uri)).toEqual(['tracked.git', 'untracked.git']);
  });

  it('named, or behind a link: said once, by the name that was given', async () => {
    const folder = tempFolder();
    bareAt(join(folder, 'x.git'), false);
    symlinkSync(join(folder, 'x.git'), join(folder, 'link'));
    symlinkSync(folder, join(folder, 'all'));
    for (const [path, uri] of [
      ['x.git', 'x.git'],
      ['link', 'link'],
      ['all', 'all/x.git'],
    ] as const)
      expect((await scanJson([path], { cwd: folder })).report.gaps.map((gap) => gap.uri)).toEqual([uri]);
  });

  it('the .git of a work tree is counted; with nothing next to it, it is a repository like any other', async () => {
    const folder = tempFolder();
    const root = tempRepository({ 'a.txt': 'x\n' });
    cpSync(root, join(folder, 'checkout'), { recursive: true });
    expect(await scanJson(['.'], { cwd: folder })).toMatchObject({
      code: 0,
      report: { counts: { skips: { 'git-directory': 1 } } },
    });
    expect((await scanJson(['.', '--strict'], { cwd: folder })).code).toBe(2);
    rmSync(join(folder, 'checkout', 'a.txt'));
    expect(await scanJson(['.'], { cwd: folder })).toMatchObject({
      code: 2,
      report: { gaps: [{ uri: 'checkout/.git' }] },
    });
  });

  it('what only looks like one is not called one', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'web/HEAD': '<head>', 'web/objects/a': 'x', 'web/refs/b': 'x', HEAD: 'ref: refs/x' });
    expect(await scanJson(['.'], { cwd: folder })).toMatchObject({ code: 0, report: { gaps: [] } });
  });

  it('a pack or a bundle by itself is opened', async () => {
    const folder = tempFolder();
    const root = tempRepository({ 'a.txt': token() });
    git(root, 'repack', '-a', '-d', '-q');
    const packs = join(root, '.git', 'objects', 'pack');
    for (const name of readdirSync(packs).filter((each) => each.endsWith('.pack')))
      cpSync(join(packs, name), join(folder, 'stray.bin'));
    git(root, 'bundle', 'create', '--quiet', join(folder, 'backup'), '--all');
    const { code, report } = await scanJson(['.'], { cwd: folder });
    expect({ code, skips: report.counts.skips, findings: report.findings.length }).toEqual({
      code: 1,
      skips: {},
      findings: 2,
    });
  });
});

describe('an archive that holds repositories', () => {
  const KINDS: readonly (readonly [string, (folder: string) => Buffer])[] = [
    ['tar', tarOf],
    ['tar.gz', (folder) => gzip(tarOf(folder))],
    ['zip', zipOf],
  ];

  it.each(KINDS)('%s: is never clean, by any name of the entries', async (kind, pack) => {
    const content = tempFolder();
    bareAt(join(content, 'repositories', 'a.git'), true);
    bareAt(join(content, 'b'), false);
    writeFiles(content, { 'readme.txt': 'x\n' });
    const folder = tempFolder();
    writeFiles(folder, { [`backup.${kind}`]: pack(content) });
    const { code, report } = await scanJson(['.'], { cwd: folder });
    expect({ code, gaps: report.gaps }).toMatchObject({
      code: 2,
      gaps: [{ kind: 'git', message: expect.stringContaining('2 git repositories') }],
    });
  });

  it.each(KINDS)('%s: one at the top, and one of a .git alone', async (kind, pack) => {
    for (const name of ['.', 'x/.git']) {
      const content = tempFolder();
      bareAt(join(content, 'inner', name), true);
      const folder = tempFolder();
      writeFiles(folder, { [`backup.${kind}`]: pack(join(content, 'inner')) });
      expect((await scanJson(['.'], { cwd: folder })).report.gaps).toMatchObject([
        { message: expect.stringContaining('it holds a git repository') },
      ]);
    }
  });

  it.each(KINDS)('%s: the .git of a work tree is counted', async (kind, pack) => {
    const folder = tempFolder();
    writeFiles(folder, { [`backup.${kind}`]: pack(tempRepository({ 'a.txt': 'x\n', 'b/c.txt': 'x\n' })) });
    const { code, report } = await scanJson(['.'], { cwd: folder });
    expect({ code, skips: report.counts.skips }).toEqual({ code: 0, skips: { 'git-directory': 1 } });
  });
});

it('each repository is reported, in whatever folder, and nothing else', async () => {
  const bare = join(tempFolder(), 'x.git');
  bareAt(bare, true);
  const name = fc.constantFrom('a', 'b', '@hashed', 'x.git', 'objects', 'refs', 'HEAD', 'é', 'with space');
  const place = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(place, { minLength: 1, maxLength: 4 }), fc.boolean(), async (places, inGit) => {
      // None inside another, and no file where a folder is to be.
      const apart = places.filter((one) =>
        places.every((other) => one === other || !`${one}/`.startsWith(`${other}/`)),
      );
      const folder = inGit ? tempRepository({ 'a.txt': 'x\n' }) : tempFolder();
      const free = inGit ? apart.map((each) => `r/${each}`) : apart;
      for (const each of free) cpSync(bare, join(folder, each), { recursive: true });
      writeFiles(folder, { 'w.txt': 'x\n' });
      const { report } = await scanJson(['.'], { cwd: folder });
      expect(report.gaps.map(({ uri }) => uri)).toEqual(free.toSorted());
    }),
    { numRuns: 12 },
  );
});

/**
 * Which files `glaive scan` scans: in a repository those that git tracks or would track, elsewhere all, and every named path.
 * A file that is left out in silence is the worst a scanner can do, so every name and every kind of repository counts.
 */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placesByToken, placesOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(20261201);
/** A file with a token of its own in it. */
const leak = (): string => `token = "${token()}"\n`;

describe('in a git work tree', () => {
  it('scans tracked and untracked files, and counts ignored ones', async () => {
    const root = tempRepository({
      '.gitignore': 'ignored.txt\nnode_modules/\n',
      'tracked.txt': leak(),
      'sub/.dot': leak(),
    });
    writeFiles(root, { 'untracked.txt': leak(), 'ignored.txt': leak(), 'node_modules/a/b.js': leak() });
    const { code, report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['sub/.dot', 'tracked.txt', 'untracked.txt']);
    // A folder that is ignored whole counts once.
    expect(report.counts).toMatchObject({ artifacts: 4, skips: { ignored: 2 } });
    expect(report.scan).toEqual({ ...report.scan, complete: true, commit: git(root, 'rev-parse', 'HEAD').trim() });
    expect(code).toBe(1);
  });

  it('scans an ignored file that git tracks', async () => {
    const root = tempRepository({ '.gitignore': '*.env\n' });
    writeFiles(root, { 'forced.env': leak(), 'ignored.env': leak() });
    git(root, 'add', '--force', 'forced.env');
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['forced.env']);
  });

  it('never looks into .git, unless it is named', async () => {
    const root = tempRepository({ 'a.txt': 'nothing\n' });
    writeFiles(root, { '.git/description': leak() });
    expect((await scanJson([], { cwd: root })).report.counts).toMatchObject({ artifacts: 1, findings: 0 });
    expect(placesOf((await scanJson(['.git/description'], { cwd: root })).report)).toEqual(['.git/description']);
    const bare = tempFolder();
    git(bare, 'clone', '--quiet', '--bare', root, 'bare');
    writeFileSync(join(bare, 'bare', 'description'), leak());
    // Its files are scanned, but the secrets of a repository are in its objects, and those are compressed.
    for (const [cwd, path, uri] of [
      [root, '.git', '.git'],
      [join(root, '.git'), '.', '.git'],
      [bare, 'bare', 'bare'],
      [join(bare, 'bare'), '.', join(bare, 'bare')],
    ] as const) {
      const { code, report } = await scanJson([path], { cwd });
      expect(placesOf(report)).toEqual([expect.stringMatching(/^(?:.*\/)?description$/)]);
      expect(report.gaps).toMatchObject([{ kind: 'git', uri, message: expect.stringContaining('compressed') }]);
      expect(code).toBe(2);
    }
  });

  it.each([
    ['a file', 'secret.env', ['secret.env']],
    ['a folder', 'node_modules', ['node_modules/a/.b', 'node_modules/c.js']],
    ['a folder in an ignored folder', 'node_modules/a', ['node_modules/a/.b']],
    ['a file in an ignored folder', 'node_modules/c.js', ['node_modules/c.js']],
    ['a folder of which only the content is ignored', 'dist', ['dist/app.js']],
    ['a folder that ignores itself', 'cache', ['cache/page']],
  ])('scans %s that is ignored but named', async (_what, path, expected) => {
    const root = tempRepository({ '.gitignore': '*.env\nnode_modules/\n/dist/*\n!/dist/.keep\n', 'dist/.keep': '' });
    writeFiles(root, {
      'secret.env': leak(),
      'node_modules/a/.b': leak(),
      'node_modules/c.js': leak(),
      'dist/app.js': leak(),
      'cache/.gitignore': '*\n!.gitignore\n',
      'cache/page': leak(),
      'other.txt': leak(),
    });
    expect(placesOf((await scanJson([path], { cwd: root })).report)).toEqual(expected);
    expect(placesOf((await scanJson([join(root, path)], { cwd: tempFolder() })).report)).toEqual(
      expected.map((uri) => join(root, uri)),
    );
  });

  it('names files from the git root, whatever the current folder is', async () => {
    const root = tempRepository({ 'a/b/one.txt': leak(), 'a/two.txt': leak(), 'three.txt': leak() });
    const below = await scanJson([], { cwd: join(root, 'a') });
    expect(placesOf(below.report)).toEqual(['a/b/one.txt', 'a/two.txt']);
    const above = await scanJson(['..'], { cwd: join(root, 'a') });
    expect(placesOf(above.report)).toEqual(['a/b/one.txt', 'a/two.txt', 'three.txt']);
    const outside = await scanJson([root], { cwd: tempFolder() });
    expect(placesOf(outside.report)).toEqual(['a/b/one.txt', 'a/two.txt', 'three.txt'].map((path) => join(root, path)));
  });

  it('counts a tracked file that is not there', async () => {
    const root = tempRepository({ 'gone.txt': leak(), 'gone/too.txt': leak(), 'here.txt': leak() });
    rmSync(join(root, 'gone.txt'));
    rmSync(join(root, 'gone'), { recursive: true });
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['here.txt']);
    expect(report.counts.skips).toEqual({ absent: 2 });
  });

  it('looks once at a file in conflict', async () => {
    const root = tempRepository({ 'a.txt': 'base\n' });
    const commit = (text: string): void => {
      writeFileSync(join(root, 'a.txt'), text);
      git(root, 'commit', '--all', '--quiet', '--message', 'next');
    };
    git(root, 'checkout', '--quiet', '-b', 'other');
    commit(leak());
    git(root, 'checkout', '--quiet', 'main');
    commit(leak());
    expect(() => git(root, 'merge', 'other')).toThrow();
    expect(git(root, 'ls-files', '--stage').trim().split('\n')).toHaveLength(3);
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['a.txt', 'a.txt']);
    expect(report.counts.artifacts).toBe(1);
  });

  it('scans the files of a sparse checkout', async () => {
    const root = tempRepository({ 'in/a.txt': leak(), 'out/b.txt': leak(), 'c.txt': leak() });
    git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    writeFiles(root, { 'out/new.txt': leak() });
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['c.txt', 'in/a.txt', 'out/new.txt']);
    expect(report.counts.skips).toEqual({ absent: 1 });
  });

  it('works in a SHA-256 repository', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet', '--object-format=sha256');
    writeFiles(root, { 'a.txt': leak(), '.gitignore': 'b.txt\n', 'b.txt': leak() });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'first');
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['a.txt']);
    expect(report.scan.commit).toMatch(/^[0-9a-f]{64}$/);
  });

  it('works before the first commit', async () => {
    const root = tempRepository();
    writeFiles(root, { 'a.txt': leak(), '.gitignore': 'b.txt\n', 'b.txt': leak() });
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['a.txt']);
    expect(report.scan.commit).toBeUndefined();
  });
});

describe('repositories in repositories', () => {
  /** A repository with a submodule `module`, which holds a leak and an ignored leak. */
  const withSubmodule = (): string => {
    const inner = tempRepository({ 'inner.txt': leak(), '.gitignore': 'ignored.txt\n' });
    const root = tempRepository({ 'outer.txt': leak() });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'module');
    git(root, 'commit', '--quiet', '--message', 'module');
    writeFiles(root, { 'module/ignored.txt': leak(), 'module/new.txt': leak() });
    return root;
  };

  it('looks into a submodule that is checked out', async () => {
    const root = withSubmodule();
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['module/inner.txt', 'module/new.txt', 'outer.txt']);
    expect(report.counts.skips).toEqual({ ignored: 1 });
    const within = await scanJson([], { cwd: join(root, 'module') });
    expect(placesOf(within.report)).toEqual(['inner.txt', 'new.txt']);
  });

  it('counts a submodule that is not checked out', async () => {
    const root = withSubmodule();
    git(root, 'submodule', '--quiet', 'deinit', '--force', 'module');
    const { code, report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['outer.txt']);
    expect(report.counts.skips).toEqual({ submodule: 1 });
    expect(code).toBe(1);
  });

  it.each([
    ['a folder without .git', (path: string) => writeFiles(path, { 'left.txt': leak() }), 'module/left.txt'],
    ['a file', (path: string) => writeFileSync(path, leak()), 'module'],
  ])('scans what is in place of a submodule: %s', async (_what, put, expected) => {
    const root = withSubmodule();
    rmSync(join(root, 'module'), { recursive: true });
    put(join(root, 'module'));
    expect(placesOf((await scanJson([], { cwd: root })).report)).toEqual([expected, 'outer.txt']);
  });

  it('scans an untracked repository in another, by its own rules', async () => {
    const root = tempRepository({ 'outer.txt': leak() });
    for (const name of ['nested', 'deep/er', 'empty']) {
      writeFiles(root, { [`${name}/in.txt`]: leak(), [`${name}/no.log`]: leak(), [`${name}/.gitignore`]: '*.log\n' });
      git(join(root, name), 'init', '--quiet');
      if (name === 'empty') continue;
      git(join(root, name), 'add', '--all');
      git(join(root, name), 'commit', '--quiet', '--message', 'first');
    }
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['deep/er/in.txt', 'empty/in.txt', 'nested/in.txt', 'outer.txt']);
    expect(report.counts.skips).toEqual({ ignored: 3 });
  });

  it('works in a linked work tree', async () => {
    const root = tempRepository({ 'a.txt': leak(), '.gitignore': 'b.txt\n' });
    const linked = join(tempFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    writeFiles(linked, { 'b.txt': leak(), 'c.txt': leak() });
    const { report } = await scanJson([], { cwd: linked });
    expect(placesOf(report)).toEqual(['a.txt', 'c.txt']);
    expect(report.counts.skips).toEqual({ ignored: 1 });
  });

  it('is not misled by a folder that only looks like a repository and is ignored by the one around it', async () => {
    const root = tempRepository({ '.gitignore': 'vendor/\n' });
    writeFiles(root, { 'vendor/x/a.txt': leak(), 'vendor/x/sub/b.txt': leak() });
    mkdirSync(join(root, 'vendor/x/.git'));
    for (const [path, expected] of [
      ['vendor/x', ['vendor/x/a.txt', 'vendor/x/sub/b.txt']],
      ['vendor/x/sub', ['vendor/x/sub/b.txt']],
    ] as const) {
      const { code, report } = await scanJson([path], { cwd: root });
      expect(placesOf(report)).toEqual(expected);
      expect(report.gaps).toMatchObject([{ kind: 'git', uri: path }]);
      expect(code).toBe(2);
    }
  });

  it('runs no program that a repository names', async () => {
    const note = join(tempFolder(), 'was-run');
    const trap = `touch '${note}' #`;
    const root = tempRepository({ 'in/a.txt': leak(), 'out/b.txt': leak() });
    git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    const folder = git(root, 'rev-parse', 'HEAD:out').trim();
    const hook = join(root, '.git', 'hooks', 'post-index-change');
    mkdirSync(join(root, '.git', 'hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
    writeFiles(root, { 'sub/c.txt': leak(), 'out/d.txt': leak() });
    // To expand its index git misses a tree, and would fetch it, from a place that names a program.
    rmSync(join(root, '.git', 'objects', folder.slice(0, 2), folder.slice(2)));
    const settings = {
      'core.repositoryFormatVersion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.url': root,
      'remote.origin.uploadPack': trap,
      'protocol.file.allow': 'always',
      'protocol.ext.allow': 'always',
      'core.fsmonitor': trap,
      'core.pager': trap,
      'core.sshCommand': trap,
    };
    for (const [key, value] of Object.entries(settings)) git(root, 'config', key, value);
    for (const url of [root, `ext::sh -c "${trap}"`, 'ssh://host.invalid/x']) {
      git(root, 'config', 'remote.origin.url', url);
      for (const cwd of [root, join(root, 'sub')]) {
        const { code, report } = await scanJson([], { cwd });
        expect(existsSync(note)).toBe(false);
        // What git could not list is no secret.
        expect(report.gaps).toMatchObject([{ kind: 'git', message: expect.stringMatching(/could not list/) }]);
        expect(code).toBe(2);
      }
    }
  });

  it('is not misled by a repository that declares another folder its work tree', async () => {
    const elsewhere = tempFolder();
    const root = tempRepository({ 'a.txt': leak() });
    git(root, 'config', 'core.worktree', elsewhere);
    const { code, report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['a.txt']);
    expect(report.gaps).toMatchObject([{ kind: 'git' }]);
    expect(code).toBe(2);
  });

  it('is not led astray by the environment of a hook', async () => {
    const other = tempRepository({ 'other.txt': leak() });
    const root = tempRepository({ 'a.txt': leak(), '.gitignore': 'b.txt\n' });
    writeFiles(root, { 'b.txt': leak() });
    const env = {
      GIT_DIR: join(other, '.git'),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: join(other, '.git', 'index'),
      GIT_PREFIX: '',
      GIT_OBJECT_DIRECTORY: join(other, '.git', 'objects'),
    };
    const { report } = await scanJson([root], { cwd: other, env });
    expect(placesOf(report)).toEqual([join(root, 'a.txt')]);
    expect(report.counts.skips).toEqual({ ignored: 1 });
    const within = await scanJson([], { cwd: root, env });
    expect(within.report.scan.commit).toBe(git(root, 'rev-parse', 'HEAD').trim());
  });

  it('works whatever programs the environment names', async () => {
    const root = tempRepository({ '.gitignore': 'no/\n', 'a.txt': leak(), 'sub/b.txt': leak() });
    const env = Object.fromEntries(
      [
        'EDITOR',
        'VISUAL',
        'PAGER',
        'SSH_ASKPASS',
        'PREFIX',
        'GIT_EDITOR',
        'GIT_PAGER',
        'GIT_ASKPASS',
        'GIT_SSH_COMMAND',
      ].map((name) => [name, 'false']),
    );
    const { code, report } = await scanJson([], { cwd: join(root, 'sub'), env });
    expect(placesOf(report)).toEqual(['sub/b.txt']);
    expect(report.scan.commit).toBeDefined();
    expect(code).toBe(1);
  });
});

describe('outside git', () => {
  it('scans everything, dot files too, and skips git directories', async () => {
    const folder = tempFolder();
    writeFiles(folder, {
      'a.txt': leak(),
      '.env': leak(),
      '.hidden/.b': leak(),
      'node_modules/c.js': leak(),
      '.gitignore': '*\n',
      'project/.git/config': leak(),
      'project/d.txt': leak(),
      'project/.github/e.yml': leak(),
      'module/.git': `gitdir: nowhere\n${leak()}`,
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(placesOf(report)).toEqual([
      '.env',
      '.hidden/.b',
      'a.txt',
      'module/.git',
      'node_modules/c.js',
      'project/.github/e.yml',
      'project/d.txt',
    ]);
    expect(report.counts).toMatchObject({ artifacts: 8, skips: { 'git-directory': 1 } });
    expect(report.scan.commit).toBeUndefined();
    expect(code).toBe(1);
  });
});

describe('symbolic links', () => {
  it.each(['in git', 'outside git'])('are not followed, and counted: %s', async (where) => {
    const outside = tempFolder();
    writeFiles(outside, { 'secret.txt': leak(), 'folder/secret.txt': leak() });
    const root = where === 'in git' ? tempRepository({ 'a.txt': 'nothing\n' }) : tempFolder();
    symlinkSync(join(outside, 'secret.txt'), join(root, 'tracked'));
    symlinkSync(join(outside, 'nowhere'), join(root, 'broken'));
    if (where === 'in git') git(root, 'add', '--all');
    symlinkSync(join(outside, 'folder'), join(root, 'folder'));
    symlinkSync('.', join(root, 'loop'));
    const { code, report } = await scanJson([], { cwd: root });
    expect(report.counts).toMatchObject({ findings: 0, gaps: 0, skips: { symlink: 4 } });
    expect(code).toBe(0);
  });

  it('a tracked folder that became a link leads nowhere', async () => {
    const outside = tempFolder();
    writeFiles(outside, { 'a.txt': leak(), 'deep/b.txt': leak() });
    const root = tempRepository({
      'folder/a.txt': 'nothing\n',
      'folder/deep/b.txt': 'nothing\n',
      'folder2.txt': leak(),
    });
    rmSync(join(root, 'folder'), { recursive: true });
    symlinkSync(outside, join(root, 'folder'));
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['folder2.txt']);
    expect(report.counts.skips).toEqual({ absent: 2, symlink: 1 });
  });

  it('a tracked link that became a file is a file, and the other way round', async () => {
    const outside = tempFolder();
    writeFiles(outside, { 'secret.txt': leak() });
    const root = tempRepository({ file: 'nothing\n' });
    symlinkSync('file', join(root, 'link'));
    git(root, 'add', '--all');
    rmSync(join(root, 'link'));
    writeFiles(root, { link: leak() });
    rmSync(join(root, 'file'));
    symlinkSync(join(outside, 'secret.txt'), join(root, 'file'));
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['link']);
    expect(report.counts.skips).toEqual({ symlink: 1 });
  });

  it('a link that is named is followed', async () => {
    const target = tempRepository({ 'a.txt': leak(), '.gitignore': 'ignored.txt\n', 'sub/b.txt': leak() });
    writeFiles(target, { 'ignored.txt': leak() });
    const plain = tempFolder();
    writeFiles(plain, { 'c.txt': leak() });
    const root = tempRepository({ 'own.txt': leak() });
    const links = { file: join(target, 'a.txt'), repository: target, sub: join(target, 'sub'), plain, own: '.' };
    for (const [name, to] of Object.entries(links)) symlinkSync(to, join(root, name));
    const found = async (path: string): Promise<string[]> => {
      const { code, stderr, report } = await scanJson([path], { cwd: root });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      return placesOf(report);
    };
    expect(await found('file')).toEqual(['file']);
    expect(await found('repository')).toEqual(['repository/a.txt', 'repository/sub/b.txt']);
    expect(await found('sub')).toEqual(['sub/b.txt']);
    expect(await found('plain')).toEqual(['plain/c.txt']);
    expect(await found('own')).toEqual(['own/own.txt']);
  });
});

/** Names that quoting, splitting, globbing, decoding or printing gets wrong. `\xff` is that byte. */
const ODD_NAMES = [
  ' spaces  around ',
  `quotes'"\``,
  'line\nfeed',
  '\n',
  'tab\there',
  'carriage\rreturn',
  'escape\x1b[31m',
  '-dash',
  '--format',
  'per%20cent%',
  '%',
  '🦊 emoji',
  // Outside the first plane, with second halves that look like disguised bytes.
  '\u{10480}\u{1040a}',
  'u\u0308 decomposed',
  '\u202ereversed',
  'line\u2028separator',
  'paragraph\u2029separator',
  'both\u0085ends',
  '\ufffd replaced',
  '\ufeffmark',
  '[a]*{b}!(c)',
  '!negated',
  '@(a|b)',
  '**',
  '?',
  'back\\slash',
  '\\',
  '.\\dot',
  '...',
  '..dots',
  '~',
  '$(echo x);&|<>',
  '#hash',
  ':(glob)magic',
  ':',
  'latin-1 \xff',
  '\xf0\x9f\x98',
  '\xc3\xa9t\xe9',
  'x'.repeat(255),
];
const bytesOf = (name: string): Buffer =>
  // oxlint-disable-next-line no-control-regex -- bytes, one character each
  /^[\x00-\xff]*$/.test(name) ? Buffer.from(name, 'latin1') : Buffer.from(name, 'utf8');

describe('file names', () => {
  /** In `root`, for each odd name: a file of that name, and a file in a folder of that name, each with a token. */
  const writeOddNames = (root: string): { token: string; path: Buffer }[] => {
    const at = (path: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path)]);
    mkdirSync(at('folders'));
    return ODD_NAMES.map(bytesOf).flatMap((name) => {
      const folder = Buffer.concat([Buffer.from('folders/'), name]);
      mkdirSync(at(folder));
      return [name, Buffer.concat([folder, Buffer.from('/in')])].map((path) => {
        const planted = { token: token(), path };
        writeFileSync(at(path), `x = "${planted.token}"\n`);
        return planted;
      });
    });
  };
  /** What a report calls a path: bytes that are no UTF-8 percent-encoded. */
  const uriOf = (path: Buffer): string => {
    let uri = '';
    for (let at = 0; at < path.length;) {
      const length = [1, 2, 3, 4].find((tried) => {
        const text = path.subarray(at, at + tried).toString('utf8');
        return at + tried <= path.length && Buffer.from(text).equals(path.subarray(at, at + tried));
      });
      uri += length === undefined ? `%${path[at]!.toString(16).toUpperCase()}` : path.toString('utf8', at, at + length);
      at += length ?? 1;
    }
    return uri;
  };

  it.each(['tracked', 'untracked', 'outside git', 'named'])('odd names: %s', async (where) => {
    const root = where === 'tracked' || where === 'untracked' ? tempRepository() : tempFolder();
    const planted = writeOddNames(root);
    if (where === 'tracked') git(root, 'add', '--all');
    // An argument is text: names that are not UTF-8 cannot be named, only listed.
    const named = planted.filter(({ path }) => Buffer.from(path.toString('utf8')).equals(path));
    const paths = where === 'named' ? ['--', ...named.map(({ path }) => path.toString('utf8'))] : [];
    const expected = where === 'named' ? named : planted;
    const { code, report, stderr } = await scanJson(paths, { cwd: root });
    expect(
      placesByToken(
        report,
        expected.map((one) => one.token),
      ),
    ).toEqual(expected.map(({ path }) => [uriOf(path)]));
    expect(report.counts.artifacts).toBe(expected.length);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    // The locator leads back to the very file.
    for (const { locator } of report.findings) {
      const path = [...locator.path!].map((character) => {
        const unit = character.charCodeAt(0);
        return unit >= 0xdc80 && unit <= 0xdcff ? Buffer.from([unit - 0xdc00]) : Buffer.from(character);
      });
      expect(readFileSync(Buffer.concat([Buffer.from(`${root}/`), ...path]), 'utf8')).toContain('x = ');
    }
  });

  it.each(['in git', 'outside git'])('folders of odd names, named: %s', async (where) => {
    const parent = tempFolder();
    const names = ODD_NAMES.filter((name) => Buffer.from(bytesOf(name).toString()).equals(bytesOf(name)));
    for (const name of names)
      writeFiles(join(parent, name), { 'a.txt': leak(), 'sub/b.txt': leak(), 'no.log': leak() });
    if (where === 'in git') {
      writeFiles(parent, { '.gitignore': '*.log\n' });
      git(parent, 'init', '--quiet');
    }
    const { code, report, stderr } = await scanJson(['--', ...names], { cwd: parent });
    const files = where === 'in git' ? ['a.txt', 'sub/b.txt'] : ['a.txt', 'no.log', 'sub/b.txt'];
    expect(placesOf(report)).toEqual(names.flatMap((name) => files.map((file) => `${name}/${file}`)).toSorted());
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });

  it.each(['back\\slash', '.\\dot', 'line\nfeed', '-dash', '🦊', '[a]*{b}!(c)', ':(top)'])(
    'a folder of an odd name, from within: %j',
    async (name) => {
      const folder = join(tempFolder(), name);
      writeFiles(folder, { 'a.txt': leak(), 'sub/b.txt': leak(), '.gitignore': 'no.txt\n', 'no.txt': leak() });
      expect(placesOf((await scanJson([], { cwd: folder })).report)).toEqual(['a.txt', 'no.txt', 'sub/b.txt']);
      git(folder, 'init', '--quiet');
      const { code, report } = await scanJson([], { cwd: folder });
      expect(placesOf(report)).toEqual(['a.txt', 'sub/b.txt']);
      expect(code).toBe(1);
    },
  );

  it('a repository whose folder name is not UTF-8 is never silently clean', async () => {
    const root = tempRepository({ 'a.txt': 'nothing\n' });
    const nested = Buffer.concat([Buffer.from(`${root}/nested-`), Buffer.from([0xff])]);
    writeFiles(root, { 'nested/in.txt': leak() });
    git(join(root, 'nested'), 'init', '--quiet');
    renameSync(join(root, 'nested'), nested);
    const { report, stderr } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['nested-%FF/in.txt']);
    expect(stderr).not.toContain('internal error');
  });

  it('a secret in a name is a finding, and is masked everywhere', async () => {
    const secret = token();
    const root = tempRepository({
      [`dump-${secret}.txt`]: leak(),
      [`${secret}/in.txt`]: 'nothing\n',
      [`x/${secret}`]: `same again: ${secret}\n`,
    });
    const outputs = tempFolder();
    const args = ['text', 'sarif', 'gitlab'].flatMap((format) => ['--output', `${format}=${join(outputs, format)}`]);
    const { stdout, stderr, report } = await scanJson(args, { cwd: root });
    expect(placesOf(report)).toEqual([
      // The text before a token and a dash may be the instance's own prefix, and is masked with it.
      '[MASKED].txt',
      '[MASKED].txt (name)',
      '[MASKED]/in.txt (name)',
      'x/[MASKED]',
      'x/[MASKED] (name)',
    ]);
    const written = readdirSync(outputs).map((name) => readFileSync(join(outputs, name), 'utf8'));
    for (const text of [stdout, stderr, ...written]) expect(text).not.toContain(secret.slice(6, 14));
  });
});

describe('several paths', () => {
  it('a file that is reached twice is scanned once', async () => {
    const root = tempRepository({ '.gitignore': 'ignored/\n', 'a/b/c.txt': leak(), 'a/d.txt': leak() });
    writeFiles(root, { 'ignored/e.txt': leak() });
    const paths = ['.', 'a', 'a/b', './a/b/../b/c.txt', join(root, 'a'), 'ignored', 'ignored/e.txt', 'a'];
    const { report } = await scanJson(paths, { cwd: root });
    expect(placesOf(report)).toEqual(['a/b/c.txt', 'a/d.txt', 'ignored/e.txt']);
    expect(report.counts.artifacts).toBe(4);
  });

  it('paths in other repositories are scanned by their own rules', async () => {
    const one = tempRepository({ 'a.txt': leak(), '.gitignore': '*.log\n' });
    const other = tempRepository({ 'b.txt': leak(), '.gitignore': '*.tmp\n' });
    const plain = tempFolder();
    for (const folder of [one, other, plain]) writeFiles(folder, { 'x.log': leak(), 'x.tmp': leak() });
    const { report } = await scanJson(['.', other, plain], { cwd: one });
    expect(placesOf(report)).toEqual(
      [
        'a.txt',
        'x.tmp',
        join(other, 'b.txt'),
        join(other, 'x.log'),
        join(plain, 'x.log'),
        join(plain, 'x.tmp'),
      ].toSorted(),
    );
  });
});

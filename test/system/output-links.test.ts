/** glaive writes to the named path, and never through a link that a repository has committed. */

import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ODD_KINDS, whyNoDevices } from '../support/odd-files.ts';
import { CLI, DIST, glaive, type Ran } from '../support/run-cli.ts';
import { runProgram, start, startGlaive } from '../support/run-program.ts';
import { some } from '../support/runs.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { spawnSync } from 'node:child_process';

/** Everything below a folder: names, kinds, modes, contents. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const stats = lstatSync(join(folder, name));
    return `${name} ${stats.mode} ${stats.isFile() ? readFileSync(join(folder, name), 'latin1') : ''}`;
  });
}

const WRITERS: Readonly<Record<string, { readonly file: string; readonly args: readonly string[] }>> = {
  'scan --output': { file: 'report.json', args: ['scan', '--format', 'json', '--output', 'report.json'] },
  'scan --output FORMAT=': { file: 'report.sarif', args: ['scan', '--output', 'sarif=report.sarif'] },
  baseline: { file: '.glaive-baseline', args: ['baseline', '--yes', '--reason', 'x'] },
  'baseline --output': { file: 'known', args: ['baseline', '--yes', '--reason', 'x', '--output', 'known'] },
  'history --state': { file: 'state', args: ['history', '--state', 'state'] },
  'init: configuration': { file: '.glaive.toml', args: ['init', '--yes', '--hooks', 'none', '--ci', 'none'] },
  'init: attributes': { file: '.gitattributes', args: ['init', '--yes', '--hooks', 'none', '--ci', 'none'] },
  'init: CI': { file: '.gitlab-ci.yml', args: ['init', '--yes', '--hooks', 'none', '--ci', 'gitlab'] },
  'init: jobs': { file: '.gitlab/glaive.yml', args: ['init', '--yes', '--hooks', 'none', '--ci', 'gitlab'] },
  'init: single file': {
    file: 'tools/glaive.cjs',
    args: ['init', '--yes', '--hooks', 'none', '--ci', 'gitlab', '--single-file', join(DIST, 'glaive.cjs')],
  },
  'hook install, a hook': { file: '.git/hooks/pre-commit', args: ['hook', 'install'] },
  'hook install, a manager': { file: 'lefthook.yml', args: ['hook', 'install', '--manager', 'lefthook'] },
};

describe('a link of the repository in the place of what is written is never followed', () => {
  const cases = Object.keys(WRITERS).flatMap((writer) =>
    Object.keys(ODD_KINDS)
      .filter((kind) => /^a link|^a folder/.test(kind))
      .map((kind) => ({ writer, kind })),
  );
  it.each(some(cases, 22))('$writer, $kind', async ({ writer, kind }) => {
    const { file, args } = WRITERS[writer]!;
    const root = tempRepository({ 'a.txt': 'one\n' });
    const outside = tempFolder();
    mkdirSync(dirname(join(root, file)), { recursive: true });
    await ODD_KINDS[kind]!(join(root, file), outside);
    const before = stateOf(outside);
    const { code, stderr, stdout } = await glaive(args, { cwd: root });
    expect(stderr).not.toMatch(/internal error/);
    expect(stateOf(outside)).toEqual(before);
    // A configuration is not written where something is already.
    if (stdout.includes(`unchanged: ${file}\n`)) return;
    const now = lstatSync(join(root, file));
    // It has replaced the link, or has refused and left it as it was.
    if (now.isFile()) expect(code).not.toBe(2);
    else expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(file) as string });
  });

  it.each(['out/report.json', 'out/deep/report.json', 'in/out/report.json'])(
    'nor a folder on the way that leads out: %s',
    async (name) => {
      const root = tempRepository({ 'a.txt': 'one\n', 'real/b.txt': 'two\n' });
      const outside = tempFolder();
      mkdirSync(join(outside, 'deep'));
      symlinkSync(outside, join(root, 'out'));
      symlinkSync('real', join(root, 'in'));
      symlinkSync('../out', join(root, 'real', 'out'));
      const { code, stderr } = await glaive(['scan', '--output', `sarif=${name}`], { cwd: root });
      expect(code).toBe(2);
      expect(stderr).toContain(`cannot write the report to ${name}: its path contains a symbolic link that leads out`);
      expect(stateOf(outside)).toEqual(['deep 16877 ']);
    },
  );

  it('init makes no folder through a link either', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const outside = tempFolder();
    symlinkSync(outside, join(root, '.github'));
    symlinkSync(outside, join(root, 'tools'));
    symlinkSync(outside, join(root, '.gitlab'));
    for (const ci of ['github', 'gitlab']) {
      const { code } = await glaive(['init', '--yes', '--hooks', 'none', '--ci', ci], { cwd: root });
      expect(code).toBe(2);
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  it('a folder link that stays in the repository is followed, and links outside of repositories are', async () => {
    const root = tempRepository({ 'a.txt': 'one\n', 'real/b.txt': 'two\n' });
    symlinkSync('real', join(root, 'in'));
    expect(await glaive(['scan', '--output', 'json=in/r.json'], { cwd: root })).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'real/r.json'))).toBe(true);

    const outside = tempFolder();
    writeFiles(outside, { 'target.json': 'old' });
    mkdirSync(join(outside, 'folder'));
    symlinkSync('target.json', join(outside, 'link.json'));
    symlinkSync('folder', join(outside, 'way'));
    expect(await glaive(['scan', '--output', `json=${join(outside, 'link.json')}`], { cwd: root })).toMatchObject({
      code: 0,
    });
    expect(readlinkSync(join(outside, 'link.json'))).toBe('target.json');
    expect(readFileSync(join(outside, 'target.json'), 'utf8')).toContain('"findings"');
    expect(await glaive(['scan', '--output', `json=${join(outside, 'way/new.json')}`], { cwd: root })).toMatchObject({
      code: 0,
    });
    expect(existsSync(join(outside, 'folder/new.json'))).toBe(true);
  });

  it('a link outside that leads into a repository and out by a link of that is refused', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const outside = tempFolder();
    writeFiles(outside, { 'victim.json': 'precious' });
    symlinkSync(join(outside, 'victim.json'), join(root, 'r.json'));
    symlinkSync(join(root, 'r.json'), join(outside, 'mine.json'));
    await glaive(['scan', '--output', `json=${join(outside, 'mine.json')}`], { cwd: root });
    expect(readFileSync(join(outside, 'victim.json'), 'utf8')).toBe('precious');
  });

  it('a link to nowhere outside makes nothing', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const outside = tempFolder();
    symlinkSync(join(outside, 'absent.json'), join(outside, 'link.json'));
    const { code, stderr } = await glaive(['scan', '--output', `json=${join(outside, 'link.json')}`], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toContain('it is a broken symbolic link');
    expect(readdirSync(outside)).toEqual(['link.json']);
  });

  it('an audit log is not added to through a link of a repository', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const outside = tempFolder();
    writeFiles(outside, { 'victim.txt': 'precious' });
    symlinkSync(join(outside, 'victim.txt'), join(root, 'audit.jsonl'));
    const { code, stderr } = await glaive(
      ['revoke', '--gitlab-url=https://gitlab.invalid', '--audit-log', 'audit.jsonl', '-'],
      { cwd: root, input: 'nothing' },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/audit\.jsonl: it is a symbolic link in a repository/);
    expect(readFileSync(join(outside, 'victim.txt'), 'utf8')).toBe('precious');
  });
});

describe('what is no file is written to, and never replaced', () => {
  const scanTo = (path: string, cwd: string, options = {}): Promise<Ran> =>
    glaive(['scan', '--quiet', '--output', `csv=${path}`], { cwd, ...options });

  it('/dev/stdout, /dev/fd/N and the like, whatever is behind them', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const before = ['/dev/stdout', '/dev/null'].map((path) => lstatSync(path).ino);
    const run = (script: string): Promise<Ran> =>
      runProgram('bash', ['-c', script, 'bash', process.execPath, CLI], { cwd: root });
    expect((await run('"$1" "$2" scan --quiet --output csv=/dev/stdout | cat')).stdout).toMatch(/^rule,name,/);
    expect((await run('"$1" "$2" scan --quiet --output csv=/dev/fd/3 3>&1 | cat')).stdout).toMatch(/^rule,name,/);
    expect((await run('"$1" "$2" scan --quiet --output csv=>(cat); wait $!')).stdout).toMatch(/^rule,name,/);
    expect(await run('"$1" "$2" scan --quiet --output csv=/dev/stdout > file')).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, 'file'), 'utf8')).toMatch(/^rule,name,/);
    // Closed: it leads nowhere.
    expect((await run('"$1" "$2" scan --quiet --output csv=/dev/fd/9')).code).toBe(2);
    expect(await run('"$1" "$2" scan --quiet --output csv=/dev/null')).toMatchObject({ code: 0 });
    expect(['/dev/stdout', '/dev/null'].map((path) => lstatSync(path).ino)).toEqual(before);
  });

  it.each([false, true])('a FIFO gets the report when it is read; in a repository: %s', async (inRepository) => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const folder = inRepository ? root : tempFolder();
    const path = join(folder, 'fifo');
    await ODD_KINDS['a FIFO']!(path, folder);
    const reader = start('cat', [path]);
    expect(await scanTo(path, root)).toMatchObject({ code: 0 });
    expect((await reader.ended).stdout).toMatch(/^rule,name,/);
    expect(statSync(path).isFIFO()).toBe(true);
    // Without a reader it waits, and Ctrl-C ends that.
    const waiting = startGlaive(['scan', '--quiet', '--output', `csv=${path}`], { cwd: root });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    waiting.child.kill('SIGINT');
    expect((await waiting.ended).code).not.toBe(0);
    expect(statSync(path).isFIFO()).toBe(true);
  });

  it('a device node', async ({ skip }) => {
    const folder = tempFolder();
    const why = whyNoDevices(folder);
    if (why !== undefined) skip(why);
    const root = tempRepository({ 'a.txt': 'one\n' });
    for (const place of [folder, root]) {
      const path = join(place, 'sink');
      spawnSync('mknod', [path, 'c', '1', '3']);
      expect(await scanTo(path, root)).toMatchObject({ code: 0 });
      expect(statSync(path).isCharacterDevice()).toBe(true);
      symlinkSync(path, join(folder, `link-${place === root ? 1 : 2}`));
      expect(await scanTo(join(folder, `link-${place === root ? 1 : 2}`), root)).toMatchObject({ code: 0 });
      expect(statSync(path).isCharacterDevice()).toBe(true);
    }
  });
});

it('other names of a file keep what was in it', async () => {
  const root = tempRepository({ 'a.txt': 'one\n' });
  writeFileSync(join(root, 'r.json'), 'old');
  linkSync(join(root, 'r.json'), join(root, 'other'));
  expect(await glaive(['scan', '--output', 'json=r.json'], { cwd: root })).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, 'other'), 'utf8')).toBe('old');
});

describe('hook install', () => {
  it('puts nothing into a folder elsewhere that .git/hooks leads to, and follows a link into the work tree', async () => {
    const outside = tempFolder();
    const root = tempRepository({ 'a.txt': 'one\n', 'githooks/README': 'x\n' });
    spawnSync('rm', ['-r', join(root, '.git/hooks')]);
    symlinkSync(outside, join(root, '.git/hooks'));
    const refused = await glaive(['hook', 'install'], { cwd: root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('leads out of this repository');
    expect(readdirSync(outside)).toEqual([]);
    spawnSync('rm', [join(root, '.git/hooks')]);
    symlinkSync('../githooks', join(root, '.git/hooks'));
    expect(await glaive(['hook', 'install'], { cwd: root })).toMatchObject({ code: 0 });
    // It is committed, so it names no place of this machine.
    expect(readFileSync(join(root, 'githooks/pre-commit'), 'utf8')).not.toContain(process.execPath);
  });

  it('says that a hook with CR LF after its interpreter cannot run', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const path = join(root, '.git/hooks/pre-commit');
    mkdirSync(join(root, '.git/hooks'), { recursive: true });
    writeFileSync(path, '#!/bin/sh\r\nnpm test\r\n', { mode: 0o755 });
    const { code, stderr } = await glaive(['hook', 'install'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/pre-commit: its first line ends with CR LF/);
    expect(readFileSync(path, 'utf8')).toBe('#!/bin/sh\r\nnpm test\r\n');
  });

  it('keeps the mode of a hook', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const path = join(root, '.git/hooks/pre-commit');
    mkdirSync(join(root, '.git/hooks'), { recursive: true });
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o750 });
    expect(await glaive(['hook', 'install'], { cwd: root })).toMatchObject({ code: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o750);
  });
});

it('init adds nothing to a file that is not UTF-8', async () => {
  const root = tempRepository({ '.gitlab-ci.yml': Buffer.from('\ufeffstages: [test]\n', 'utf16le') });
  const { code, stderr } = await glaive(['init', '--yes', '--hooks', 'none', '--ci', 'gitlab'], { cwd: root });
  expect(code).toBe(2);
  expect(stderr).toMatch(/\.gitlab-ci\.yml: it is not UTF-8/);
});

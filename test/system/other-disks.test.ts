/** An exFAT disk: it ignores case, and has no symbolic links, no hard links and no modes, like many disks of macOS and Windows. */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(2611);
const disk = mountDisk();

/** An empty disk in a file, or the reason why it cannot be had. */
function mountDisk(): { readonly path: string; unmount(): void } | { readonly missing: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { missing: 'only root mounts it, on Linux' };
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const undo: (() => void)[] = [];
  const unmount = (): void => undo.toReversed().forEach((step) => step());
  try {
    const folder = mkdtempSync(join(tmpdir(), 'glaive-test-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const [image, path] = [join(folder, 'image'), join(folder, 'disk')];
    mkdirSync(path);
    run('truncate', '--size', '32M', image);
    run('mkfs.exfat', image);
    const device = run('losetup', '--find', '--show', image);
    undo.push(() => run('losetup', '--detach', device));
    run('mount.exfat-fuse', device, path);
    undo.push(() => run('umount', path));
    return { path, unmount };
  } catch (error) {
    unmount();
    return { missing: String(error).split('\n', 1)[0]! };
  }
}

describe.skipIf('missing' in disk)(`exFAT${'missing' in disk ? ` (skipped: ${disk.missing})` : ''}`, () => {
  const base = 'path' in disk ? disk.path : '';
  let root = '';

  beforeAll(() => {
    root = join(base, 'shop');
    mkdirSync(root);
    git(root, 'init', '--quiet', '--initial-branch=main');
    writeFiles(root, { 'src/Leak.txt': `${token()}\n`, 'README.md': 'hello\n' });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'first');
  });

  afterAll(() => {
    if ('path' in disk) disk.unmount();
  });

  it('is what it is meant to be', () => {
    expect(existsSync(join(root, 'readme.MD'))).toBe(true);
    expect(git(root, 'config', 'core.ignorecase').trim()).toBe('true');
    expect(lstatSync(join(root, 'README.md')).mode & 0o777).toBe(0o777);
  });

  it('a file has one name, whatever it is called by', async () => {
    const { stdout, code } = await glaive(['scan', 'SRC/leak.TXT', 'src', 'Src/Leak.txt', '--format', 'json'], {
      cwd: root,
    });
    const { findings } = JSON.parse(stdout) as { findings: { artifact: { uri: string } }[] };
    expect(code).toBe(1);
    expect(findings.map(({ artifact }) => artifact.uri)).toEqual(['src/Leak.txt']);
  });

  it('a baseline accepts it by any of them', async () => {
    expect(await glaive(['baseline', '--yes'], { cwd: root })).toMatchObject({ code: 0 });
    expect((await glaive(['scan', 'SRC/LEAK.txt'], { cwd: root })).code).toBe(0);
    expect((await glaive(['scan'], { cwd: root })).code).toBe(0);
    // Renamed while it exists, and written again.
    expect(await glaive(['baseline', '--yes'], { cwd: root })).toMatchObject({ code: 0 });
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('history, with a state on the disk', async () => {
    const args = ['history', '--state', '.glaive-state', '--baseline', '/dev/null'];
    expect(await glaive(args, { cwd: root })).toMatchObject({ code: 1, stderr: '' });
    const again = await glaive(args, { cwd: root });
    expect(again.stderr).toContain('scanned by earlier runs');
    expect(existsSync(join(root, '.glaive-state'))).toBe(true);
  });

  it('hooks stop a commit', async () => {
    expect((await glaive(['hook', 'install'], { cwd: root })).code).toBe(0);
    const again = await glaive(['hook', 'install'], { cwd: root });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('pre-commit: unchanged') });
    writeFiles(root, { 'new.txt': `${token()}\n` });
    git(root, 'add', 'new.txt');
    const commit = await runProgram('git', ['commit', '-m', 'x'], { cwd: root, env: gitEnvironment() });
    expect(commit.code).not.toBe(0);
    expect(commit.stdout + commit.stderr).toContain('new.txt');
    expect((await glaive(['hook', 'uninstall'], { cwd: root })).code).toBe(0);
    git(root, 'reset', '--quiet', '--hard');
  });

  it('a policy in another case is refused: it would count here, and not elsewhere', async () => {
    for (const [name, other] of [
      ['.glaive.toml', '.Glaive.TOML'],
      ['.glaiveignore', '.GLAIVEIGNORE'],
      ['.glaive-baseline', '.Glaive-Baseline'],
    ] as const) {
      const before = existsSync(join(root, name)) ? readFileSync(join(root, name)) : '';
      writeFileSync(join(root, name), before);
      expect((await glaive(['scan', 'README.md'], { cwd: root })).code).toBe(0);
      renameSync(join(root, name), join(root, other));
      const ran = await glaive(['scan', 'README.md'], { cwd: root });
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(`Rename it: ${name}\n`)]);
      renameSync(join(root, other), join(root, name));
    }
  });

  it('glaive init, twice', async () => {
    const args = ['init', '--yes', '--ci', 'none'];
    expect(await glaive(args, { cwd: root })).toMatchObject({ code: 0, stderr: '' });
    const again = await glaive(args, { cwd: root });
    expect(again.stdout).toContain('unchanged: .glaive.toml');
  });

  it('.Git is a repository too', async () => {
    const outer = join(base, 'outer');
    mkdirSync(join(outer, 'inner'), { recursive: true });
    git(join(outer, 'inner'), 'init', '--quiet');
    renameSync(join(outer, 'inner', '.git'), join(outer, 'inner', '.Git'));
    writeFiles(outer, { 'inner/a.txt': 'x\n' });
    expect((await glaive(['scan', 'inner'], { cwd: outer })).code).toBe(0);
  });

  it('the folder of the user: new tokens and the audit log', async () => {
    const { makeFolder } = await import('../../src/credentials/state-folder.ts');
    const { ReservedFile } = await import('../../src/lib/reserved-file.ts');
    const folder = join(base, 'home', '.local', 'state', 'glaive', 'tokens');
    makeFolder(folder);
    const file = new ReservedFile(folder, 'a-');
    file.fill('new\n');
    file.moveTo(join(folder, 'a.token'));
    expect(readdirSync(folder)).toEqual(['a.token']);
    expect(readFileSync(join(folder, 'a.token'), 'utf8')).toBe('new\n');
  });
});

/** `glaive history PATH PATH...`, and `-C FOLDER`. */

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random, routableToken } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { git, tempFolder } from '../support/temp-folder.ts';

const random = new Random(20261130);
const token = (): string =>
  routableToken(random, { prefix: 'glpat-', payload: { o: 1, u: random.below(1000) + 1 }, version: 'v1' });

function repository(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'a.txt'), text);
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'a');
}

interface Parsed {
  readonly scan: { readonly command: string; readonly complete: boolean };
  readonly findings: readonly {
    readonly project?: { readonly path?: string };
    readonly artifact: { readonly uri: string };
  }[];
  readonly gaps: readonly { readonly uri?: string; readonly message: string }[];
}

describe('the histories of several repositories', () => {
  it('are one report, in which each finding names its repository', async () => {
    const cwd = tempFolder();
    const secret = token();
    for (const name of ['api', 'web']) repository(join(cwd, name), `${secret}\n`);
    repository(join(cwd, 'docs'), 'nothing\n');
    symlinkSync('api', join(cwd, 'link'));
    const { code, stdout } = await glaive(['history', 'api', 'web', 'docs', 'link', '--format', 'json'], { cwd });
    const report = JSON.parse(stdout) as Parsed;
    expect(code).toBe(1);
    expect(report.scan.command).toBe('history');
    expect(report.findings.map(({ project, artifact }) => `${project?.path}: ${artifact.uri}`).toSorted()).toEqual([
      'api: a.txt',
      'web: a.txt',
    ]);
    const text = await glaive(['history', 'api', 'web', 'docs'], { cwd });
    expect(text.code).toBe(1);
    for (const name of ['api', 'web']) expect(text.stdout).toContain(name);
    expect(text.stdout).not.toContain(secret);
  });

  it('a broken one is a gap with its name, and hides nothing in the others', async () => {
    const cwd = tempFolder();
    repository(join(cwd, 'good'), `${token()}\n`);
    repository(join(cwd, 'broken'), 'x\n');
    rmSync(join(cwd, 'broken', '.git', 'HEAD'));
    const { code, stdout, stderr } = await glaive(['history', 'broken', 'good', '--format', 'json'], { cwd });
    const report = JSON.parse(stdout) as Parsed;
    expect(code).toBe(2);
    expect(report.scan.complete).toBe(false);
    expect(report.findings).toHaveLength(1);
    expect(stderr).toContain('broken');
  });

  it('a folder that is not there is found before any sweep', async () => {
    const cwd = tempFolder();
    repository(join(cwd, 'good'), `${token()}\n`);
    const { code, stdout, stderr } = await glaive(['history', 'good', 'none'], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('none: no such folder');
  });

  it('have no state in common', async () => {
    const cwd = tempFolder();
    const { code, stderr } = await glaive(['history', '.', '..', '--state', 's'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('glaive fleet keeps a state for each');
  });
});

describe('-C FOLDER', () => {
  it('runs a command as if it were started there', async () => {
    const cwd = tempFolder();
    repository(join(cwd, 'a', 'b'), `${token()}\n`);
    const there = await glaive(['scan', '--format', 'json'], { cwd: join(cwd, 'a', 'b') });
    for (const argv of [
      ['-C', 'a/b'],
      ['-C', 'a', '-C', 'b'],
    ]) {
      const { code, stdout } = await glaive([...argv, 'scan', '--format', 'json'], { cwd });
      expect(code).toBe(1);
      expect((JSON.parse(stdout) as Parsed).findings).toEqual((JSON.parse(there.stdout) as Parsed).findings);
    }
  });

  it.each([
    [['-C'], '-C needs a folder'],
    [['-C', 'none', 'scan'], '-C none: no such folder'],
    [['-C', 'file', 'scan'], '-C file is not a folder'],
  ])('%j is refused', async (argv, message) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await glaive(argv, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

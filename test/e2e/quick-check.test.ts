/** The quick check of a commit clears most commits, and only such as the scan has nothing to report about. */

import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { quickCheck } from '../../src/cli/quick-check.ts';
import type { Io } from '../../src/model/io.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { glaive } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(77);
const lines = (count: number, word = 'an ordinary line'): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('');
const FILES = { 'a.txt': lines(30), 'b/c.txt': lines(30, 'another line'), '.gitattributes': '*.bin binary\n' };

type Env = Readonly<Record<string, string>>;

/** Only the quick check. */
async function isClear(cwd: string, env: Env = {}): Promise<boolean> {
  const { signal } = new AbortController();
  const io = { cwd, env: { ...gitEnvironment(), ...env }, signal } as Partial<Io> as Io;
  return (await quickCheck(io)).isClear;
}

type Change = (root: string) => void;
const write =
  (files: Readonly<Record<string, string | Uint8Array>>): Change =>
  (root) =>
    writeFiles(root, files);
const changed = (text: string): Change => write({ 'a.txt': `${lines(15)}${text}${lines(15, 'a later line')}` });

describe('clears', () => {
  it.each<[string, Change]>([
    ['changed lines', changed(lines(3, 'a new line'))],
    ['a new file', write({ 'new.ts': lines(20, 'export const value =') })],
    ['an empty file', write({ 'empty.txt': '' })],
    ['text of other languages', changed('größer, 日本語, émigré\n')],
    ['a deleted file', (root) => rmSync(join(root, 'a.txt'))],
    ['another mode', (root) => chmodSync(join(root, 'a.txt'), 0o755)],
    ['a short file', write({ 'short.txt': 'a word\n' })],
    ['removed lines', write({ 'a.txt': lines(20) })],
    ['no change at all', () => {}],
  ])('%s', async (_, change) => {
    const root = tempRepository(FILES);
    change(root);
    git(root, 'add', '--all');
    expect(await isClear(root)).toBe(true);
    expect(await glaive(['staged', '--show-unlikely'], { cwd: root })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('the first commit', async () => {
    const root = tempRepository();
    writeFiles(root, FILES);
    git(root, 'add', '--all');
    expect(await isClear(join(root, 'b'))).toBe(true);
  });

  it('does not clear a value whose name is the heading of its block, many lines above', async () => {
    const settings = ['gitlab:', '  url: https://git.example.com', ...lines(10, '  setting:').trimEnd().split('\n')];
    const root = tempRepository({ 'config.yml': `${settings.join('\n')}\n` });
    const value = expandExample('{devise:20}', seededRandom(9)).text;
    writeFiles(root, { 'config.yml': `${settings.join('\n')}\n  token: ${value}\n` });
    git(root, 'add', '--all');
    expect(await isClear(root)).toBe(false);
    const { code, stdout } = await glaive(['staged'], { cwd: root });
    expect(code).toBe(1);
    expect(stdout).toContain('GitLab access token without a prefix');
  });
});

const leak = (): string => `token = "${token()}"\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const wrapped = (text: string): string => base64(text).replace(/.{40}/g, '$&\n');
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('leaves to the scan', () => {
  it.each<[string, Change]>([
    ['a token', changed(leak())],
    ['a token on a line that the commit does not touch, next to a change', changed(leak())],
    ['a token in base64', changed(`${base64(lines(2) + leak())}\n`)],
    ['a token in wrapped base64', changed(`${wrapped(lines(3) + leak())}\n`)],
    ['a token in escapes', changed(`"${leak().trim().replaceAll('-', '\\u002d')}"\n`)],
    ['UTF-16', write({ 'a.txt': utf16(lines(5) + leak()) })],
    ['a token in the name of a file', write({ [`${token()}.txt`]: lines(20) })],
    ['a token in a quoted name', write({ [`"${token()}".txt`]: lines(20) })],
    ['a compressed file', write({ 'a.gz': gzipSync(lines(20) + leak()) })],
    ['an archive of text', write({ 'a.a': `!<arch>\n${lines(20)}` })],
    ['a PDF of text', write({ 'a.pdf': `%PDF-1.4\n${lines(20)}/FlateDecode\n` })],
    ['bytes that are not text', write({ 'a.bin': Buffer.from(lines(20)).fill(0xff, 3, 5) })],
    ['a credential that is a file of its own', write({ '.vault-token': `s.${'a1B2'.repeat(6)}\n` })],
    ['a renamed file', (root) => renameSync(join(root, 'a.txt'), join(root, 'z.txt'))],
    ['a configuration in the commit', write({ '.glaive.toml': '[scan]\nexclude = ["b/"]\n' })],
    ['a configuration of a folder', write({ 'b/.glaive.toml': lines(10, '# nothing') })],
    ['an ignore file', write({ '.glaiveignore': 'b/\n' })],
    ['a broken baseline', write({ '.glaive-baseline': 'broken\n' })],
  ])('%s', async (_, change) => {
    const root = tempRepository(FILES);
    change(root);
    git(root, 'add', '--all');
    expect(await isClear(root)).toBe(false);
  });

  it('a configuration that only the work tree lacks', async () => {
    const root = tempRepository({ ...FILES, '.glaive.toml': '[scan]\nexclude = ["b/"]\n' });
    rmSync(join(root, '.glaive.toml'));
    git(root, 'add', '--all');
    expect(await isClear(root)).toBe(false);
  });

  it('the configuration of the user', async () => {
    const root = tempRepository(FILES);
    const home = tempFolder();
    writeFiles(home, { 'glaive/config.toml': '' });
    expect(await isClear(root)).toBe(true);
    expect(await isClear(root, { XDG_CONFIG_HOME: home })).toBe(false);
  });

  it('GLAIVE_SKIP, a missing git, a folder without a repository, a broken index', async () => {
    const root = tempRepository(FILES);
    expect(await isClear(root, { GLAIVE_SKIP: '' })).toBe(false);
    expect(await isClear(root, { PATH: '/nonexistent' })).toBe(false);
    expect(await isClear(tempFolder())).toBe(false);
    writeFileSync(join(root, '.git', 'index'), 'broken');
    expect(await isClear(root)).toBe(false);
  });

  it('a conflict', async () => {
    const root = tempRepository(FILES);
    git(root, 'checkout', '--quiet', '-b', 'side');
    changed('one way\n')(root);
    git(root, 'commit', '--quiet', '--all', '--message', 'x');
    git(root, 'checkout', '--quiet', 'main');
    changed('another way\n')(root);
    git(root, 'commit', '--quiet', '--all', '--message', 'y');
    expect(() => git(root, 'merge', 'side')).toThrow();
    expect(await isClear(root)).toBe(false);
  });
});

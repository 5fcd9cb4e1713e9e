/** Manners of the command line: what it says to words that it does not know, and how it fits the terminal. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST, glaive } from '../support/run-cli.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

it('an error is wrapped at the width of the terminal, and is one line in a pipe', async () => {
  const argv = ['scan', '--format', 'yaml'];
  const { stderr } = await glaive(argv);
  expect(stderr.split('\n')).toHaveLength(3);
  const wrapped = await glaive(argv, { columns: 40 });
  const lines = wrapped.stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  for (const line of lines.slice(1)) expect(line).toMatch(/^  \S/);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(
    stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.trim())
      .join(' '),
  );
});

it.each([
  [['hook', 'instal'], 'install'],
  [['rules', 'lst'], 'list'],
  [['vault', 'gte', 'a/b'], 'get'],
  [['completions', 'bsh'], 'bash'],
  [['help', 'scna'], 'glaive scan'],
  [['scna'], 'glaive scan'],
])('%s: suggests %s', async (argv, meant) => {
  const { code, stdout, stderr } = await glaive(argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(new RegExp(`[Dd]id you mean:? ${meant}`));
});

it.each([
  ['protect', 'glaive staged '],
  ['detect', 'glaive history '],
  ['dir', 'glaive scan PATH '],
  ['git', 'glaive history PATH '],
  ['stdin', 'glaive scan - '],
  ['filesystem', 'glaive scan PATH '],
])('%s, a word of another tool, leads to %s', async (word, ours) => {
  const { code, stderr } = await glaive([word, '.']);
  expect(code).toBe(2);
  expect(stderr).toBe(`glaive: unknown command ${word}\n  ${stderr.split('\n')[1]!.trim()}\n`);
  expect(stderr).toContain(ours);
});

it('version needs no dashes', async () => {
  expect((await glaive(['version'])).stdout).toBe((await glaive(['--version'])).stdout);
});

it('-h is short, --help is long, and both are wrapped at the width of the terminal', async () => {
  const short = await glaive(['history', '-h']);
  const long = await glaive(['history', '--help']);
  expect(long.stdout).toBe((await glaive(['help', 'history'])).stdout);
  expect(long.stdout).toContain('Network and verification:\n');
  expect(short.stdout).not.toContain('--requests-per-hour');
  const wide = await glaive(['history', '--help'], { columns: 100 });
  expect(Math.max(...wide.stdout.split('\n').map((line) => line.length))).toBeGreaterThan(80);
});

it('hook --dry-run changes nothing, for install and uninstall', async () => {
  const root = tempRepository();
  const folder = join(root, '.git', 'hooks');
  const hooks = () => (existsSync(folder) ? readdirSync(folder) : []);
  const planned = await glaive(['hook', 'install', '--dry-run'], { cwd: root });
  expect([planned.code, hooks()]).toEqual([0, []]);
  expect(planned.stdout).toContain('# .git/hooks/pre-commit\n');
  await glaive(['hook', 'install'], { cwd: root });
  const removal = await glaive(['hook', 'uninstall', '--dry-run'], { cwd: root });
  expect(removal.stdout).toContain('pre-commit: would be removed (');
  expect(hooks()).toEqual(['commit-msg', 'pre-commit']);
});

describe('--output FILE without --format', () => {
  it.each([
    ['x.sarif', /^\{[^]*"runs":/],
    ['x.SARIF.json', /^\{[^]*"runs":/],
    ['x.json', /^\{[^]*"schemaVersion":|^\{[^]*"findings":/],
    ['x.jsonl', /^\{.*\}\n/],
    ['x.csv', /^[a-zA-Z]+,/],
    ['x.html', /^<!doctype html>/i],
    ['x.md', /GitLab/],
    ['x.xml', /^<\?xml/],
    ['gl-secret-detection-report.json', /"scan":/],
    ['ci/gl-code-quality-report.json', /^\[/],
    ['x.txt', /^no GitLab credentials/i],
    ['report', /^no GitLab credentials/i],
  ])('%s has the format of its name', async (file, start) => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.txt': 'nothing\n', 'ci/keep': '' });
    const { code, stdout, stderr } = await glaive(['scan', '--output', file], { cwd });
    expect([code, stdout, stderr]).toEqual([0, '', '']);
    expect(readFileSync(join(cwd, file), 'utf8')).toMatch(start);
  });

  it('an ending of no format is text, with a note; --format decides if it is given', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.txt': 'nothing\n' });
    const { code, stderr } = await glaive(['scan', '--output', 'x.yaml'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^glaive: note: x\.yaml: its ending is that of no format, so it is text/);
    const given = await glaive(['scan', '--output', 'x.sarif', '--format', 'json'], { cwd });
    expect([given.code, given.stderr]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(join(cwd, 'x.sarif'), 'utf8'))).toHaveProperty('findings');
  });
});

it.each(['nosuch.txt', './nosuch', 'src/nosuch.ts:12'])(
  'explain %s: a file that does not exist is an error',
  async (path) => {
    const { code, stdout, stderr } = await glaive(['explain', path], { cwd: tempFolder() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `glaive: explain: ${path}: there is no such file\n  Paths are relative to the current folder. See: glaive help explain\n`,
    );
  },
);

it('explain of other text explains that it is no token', async () => {
  const { code, stdout } = await glaive(['explain', 'hello']);
  expect([code, stdout]).toEqual([0, 'Not a credential that glaive knows.\n']);
});

it('mask --env says which variable is not set', async () => {
  const { code, stdout, stderr } = await glaive(['mask', '--env', 'NOPE'], { input: 'text' });
  expect([code, stdout]).toEqual([0, 'text']);
  expect(stderr).toBe('glaive: note: --env NOPE: that variable is not set, or empty, so it masks nothing\n');
});

it('help loads nothing of what a commit hook needs', () => {
  const folder = join(DIST, 'cli');
  const chunks = readdirSync(folder).filter((name) => name.startsWith('help-'));
  expect(chunks.length).toBeGreaterThan(0);
  for (const name of chunks)
    expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/require\("\.\/(?:gate|quick)-/);
});

/** Accepted findings: comments, `.glaiveignore`, `[[allow]]` entries. They are counted and reported, and hide nothing else. */

import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, placesOf, positionsOf, scanJson, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(51);
const RULE = 'gitlab_personal_access_token';

describe('a comment', () => {
  it('on its line, in every kind of comment, with the reason it gives', async () => {
    const comments: readonly (readonly [comment: string, reason: string])[] = [
      ['# glaive:allow', ''],
      ['// glaive:allow a fixture', 'a fixture'],
      ['/* glaive:allow a fixture */', 'a fixture'],
      ['<!-- glaive:allow a fixture -->', 'a fixture'],
      ['-- glaive:allow a fixture', 'a fixture'],
      ['; glaive:allow: a fixture', 'a fixture'],
      ['REM glaive:allow a fixture', 'a fixture'],
      ['{# glaive:allow a fixture #}', 'a fixture'],
      ['# gitleaks:allow', ''],
      [`# glaive:allow ${RULE} a fixture`, 'a fixture'],
      [`# glaive:allow=${RULE} a fixture`, 'a fixture'],
      [`# glaive:allow=gitlab_deploy_token,${RULE}`, ''],
      ['<!--glaive:allow-->', ''],
      ['<!-- glaive:allow-->', ''],
      ['--[[ glaive:allow a fixture ]]', 'a fixture'],
      [':: glaive:allow a fixture', 'a fixture'],
      ['.. glaive:allow a fixture', 'a fixture'],
      ['# GLAIVE:ALLOW a fixture', 'a fixture'],
      ['# glaive: allow a fixture', 'a fixture'],
    ];
    const root = tempRepository({
      'a.txt': comments.map(([comment]) => `t = "${token()}" ${comment}\n`).join(''),
      'above.txt': comments.map(([comment]) => `  ${comment}\nt = "${token()}"\n`).join(''),
    });
    const { code, report, stdout } = await scanJson([], { cwd: root });
    expect(report.findings).toHaveLength(2 * comments.length);
    expect(positionsOf(report)).toEqual([]);
    expect(report.findings.map(({ suppressions }) => suppressions![0]!.justification)).toEqual([
      ...comments.map(([, reason]) => reason),
      ...comments.map(([, reason]) => reason),
    ]);
    expect(report.findings.every(({ suppressions }) => suppressions![0]!.kind === 'inSource')).toBe(true);
    expect(report.counts).toMatchObject({ suppressed: 2 * comments.length });
    expect({ code, leaks: /glpat-\S{20}/.test(stdout) }).toEqual({ code: 0, leaks: false });
  });

  it('for another rule, on another line, or above a line of code allows nothing', async () => {
    const root = tempRepository({
      'a.txt': [
        `t = "${token()}" # glaive:allow gitlab_deploy_token`,
        `# glaive:allow gitlab_deploy_token`,
        `t = "${token()}"`,
        `t = "${token()}"`,
        '# glaive:allow',
        '',
        `t = "${token()}"`,
        'x = 1 # glaive:allow',
        `t = "${token()}"`,
        `t = "${token()}" # disallow`,
        `t = "${token()}" # glaive:allowed`,
        `t = "${token()}" # glaive:allow-list`,
      ].join('\n'),
    });
    expect(positionsOf((await scanJson([], { cwd: root })).report)).toEqual(
      [1, 3, 4, 7, 9, 10, 11, 12].map((line) => `a.txt:${line}:6`).toSorted(),
    );
  });

  it('counts for staged changes too, also if it is on a line that the commit does not touch', async () => {
    const root = tempRepository({ 'a.txt': '# glaive:allow a fixture\nt = "old"\n' });
    writeFiles(root, {
      'a.txt': `# glaive:allow a fixture\nt = "${token()}"\n`,
      'b.txt': `t = "${token()}" # glaive:allow\n`,
    });
    git(root, 'add', '--all');
    expect(await glaive(['staged'], { cwd: root })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await stagedJson(root)).report.counts).toMatchObject({ suppressed: 2 });
  });

  it('a secret in one allowed and one other place counts', async () => {
    const secret = token();
    const root = tempRepository({ 'a.txt': `t = "${secret}" # glaive:allow\nt = "${secret}"\n` });
    expect((await scanJson([], { cwd: root })).code).toBe(1);
  });
});

describe('.glaiveignore', () => {
  it('has the syntax of .gitignore', async () => {
    const files = [
      'a.log',
      'keep.log',
      'build/x',
      'sub/build/x',
      'top.txt',
      'sub/top.txt',
      '#hash',
      'sp ace',
      'docs/a/b/c.md',
      'Case.txt',
    ];
    const root = tempRepository(Object.fromEntries(files.map((name) => [name, `t = "${token()}"\n`])));
    writeFiles(root, {
      '.glaiveignore': '# a comment\n*.log\n!keep.log\nbuild/\n/top.txt\n\\#hash\nsp\\ ace\r\ndocs/**/*.md\ncase.txt\n',
    });
    const expected = ['Case.txt', 'keep.log', 'sub/top.txt'];
    const { report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(expected);
    expect(report.counts.skips).toEqual({ excluded: 7 });
    // From a subfolder the same paths are meant.
    expect(placesOf((await scanJson(['..'], { cwd: `${root}/sub` })).report)).toEqual(expected);
  });

  it('is never a pattern for the secret’s line, and never a reason to call what is named clean', async () => {
    const root = tempRepository({ '.glaiveignore': 'a.txt\n', 'a.txt': `t = "${token()}"\n` });
    expect((await glaive(['scan'], { cwd: root })).code).toBe(0);
    expect((await glaive(['scan', 'a.txt'], { cwd: root })).code).toBe(1);
    expect((await glaive(['scan', '--strict'], { cwd: root })).code).toBe(2);
  });
});

describe('[[allow]]', () => {
  const entry = (keys: Readonly<Record<string, string>>): string =>
    `[[allow]]\n${Object.entries(keys)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join('')}`;

  it('by secret, rule or path; all that is named must fit', async () => {
    const [first, second, third] = [token(), token(), token()];
    const root = tempRepository({
      'a.txt': `t = "${first}"\n`,
      'docs/b.txt': `t = "${second}"\n`,
      'c.txt': `t = "${third}"\n`,
    });
    const countedWith = async (...entries: Readonly<Record<string, string>>[]): Promise<string[]> => {
      writeFiles(root, { '.glaive.toml': entries.map((keys) => entry({ reason: 'because', ...keys })).join('\n') });
      return positionsOf((await scanJson([], { cwd: root })).report).map((place) => place.replace(/:.*/, ''));
    };
    expect(await countedWith({ secret: fingerprintOf(first) })).toEqual(['c.txt', 'docs/b.txt']);
    expect(await countedWith({ path: 'docs/**' })).toEqual(['a.txt', 'c.txt']);
    expect(await countedWith({ rule: RULE })).toEqual([]);
    expect(await countedWith({ rule: 'gitlab_deploy_token' })).toEqual(['a.txt', 'c.txt', 'docs/b.txt']);
    expect(await countedWith({ rule: RULE, path: 'docs/' })).toEqual(['a.txt', 'c.txt']);
    expect(await countedWith({ secret: fingerprintOf(first), path: 'docs/' })).toEqual([
      'a.txt',
      'c.txt',
      'docs/b.txt',
    ]);
    expect(await countedWith({ path: 'a.txt' }, { path: 'c.txt' })).toEqual(['docs/b.txt']);
  });

  it('until its last day, and the entry that has expired is named', async () => {
    const root = tempRepository({ 'a.txt': `t = "${token()}"\n` });
    // The time of the tests is 2027-01-15.
    writeFiles(root, { '.glaive.toml': entry({ rule: RULE, reason: 'x', expires: '2027-01-15' }) });
    expect((await glaive(['scan'], { cwd: root })).code).toBe(0);
    writeFiles(root, { '.glaive.toml': entry({ rule: RULE, reason: 'x', expires: '2027-01-14' }) });
    const { code, stderr } = await glaive(['scan'], { cwd: root });
    expect(code).toBe(1);
    expect(stderr).toMatch(/note: 1 accepted entry has expired: \.glaive\.toml:1, on 2027-01-14/);
  });

  it('a secret in a reason is masked', async () => {
    const secret = token();
    const root = tempRepository({
      'a.txt': `t = "${token()}"\n`,
      '.glaive.toml': entry({ rule: RULE, reason: `was ${secret}` }),
    });
    for (const format of ['text', 'json', 'jsonl', 'sarif', 'gitlab', 'codequality']) {
      const { stdout, stderr } = await glaive(['scan', '--show-suppressed', '--format', format, 'a.txt'], {
        cwd: root,
      });
      expect(stdout + stderr).not.toContain(secret.slice(6));
    }
  });
});

it('what is accepted is shown on request, with why and by what', async () => {
  const root = tempRepository({ 'a.txt': `t = "${token()}" # glaive:allow a fixture\n` });
  const hidden = await glaive(['scan'], { cwd: root });
  expect(hidden.stdout).toMatch(/1 accepted/);
  expect(hidden.stdout).not.toMatch(/a\.txt/);
  const shown = await glaive(['scan', '--show-suppressed'], { cwd: root });
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^ {2}a\.txt:1:6 /m);
  expect(shown.stdout).toMatch(/accepted: .*a fixture/);
  const sarif = JSON.parse((await glaive(['scan', '--format', 'sarif'], { cwd: root })).stdout) as {
    runs: { results: { suppressions: unknown }[] }[];
  };
  expect(sarif.runs[0]!.results.map(({ suppressions }) => suppressions)).toEqual([
    [{ kind: 'inSource', justification: 'a fixture' }],
  ]);
});

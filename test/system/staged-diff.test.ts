/** `staged` and `diff` decide in one way what is new: before the commit the one reports what the other reports after it. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gzip, tar, zip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { withFakeGit } from '../support/fake-git.ts';
import { glaive } from '../support/run-cli.ts';
import { tokenMint, type ScanReport } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(77);
const [T, U] = [token(), token()];

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

interface Case {
  readonly before: Files;
  /** An undefined file is removed. */
  readonly after: Files;
  readonly also?: (root: string) => void;
  /** Where a new secret is; a place in brackets has a secret that is only moved. */
  readonly found: readonly string[];
}

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
const wrapped = (text: string): string => `${Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\n')}\n`;
const wide = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const entry = (name: string, text: string): { readonly name: string; readonly content: Buffer } => ({
  name,
  content: Buffer.from(text),
});
const config = (root: string, entries: Readonly<Record<string, string>>): void => {
  for (const [key, value] of Object.entries(entries)) git(root, 'config', key, value);
};
const random = new Random(4);
const runner = (): string =>
  `[[runners]]\n  name = "a"\n  url = "https://gitlab.example.com"\n  token = "${random.of(LETTERS, 20)}"\n`;
const attribute = (text: string): Case => ({
  before: { '.gitattributes': `*.t ${text}\n`, 'a.t': 'x\n' },
  after: { 'a.t': `x\n${T}\n` },
  also: (root) => config(root, { 'diff.own.textconv': 'false', 'diff.own.command': 'false' }),
  found: ['a.t:2:1'],
});

/** Each is made in its test, because archives need a folder of the test. */
const CASES: Readonly<Record<string, () => Case>> = {
  'a second copy': () => ({
    before: { a: `${T}\n${lines(30)}` },
    after: { a: `${T}\n${lines(30)}${T}\n` },
    found: ['a:32:1'],
  }),
  'a second copy on the same line': () => ({ before: { a: `${T}\n` }, after: { a: `${T} ${T}\n` }, found: ['a:1:28'] }),
  'moved in a file': () => ({ before: { a: `${T}\n${lines(30)}` }, after: { a: `${lines(30)}${T}\n` }, found: [] }),
  'moved in a file, and copied': () => ({
    before: { a: `x = ${T}\n${lines(30)}` },
    after: { a: `${lines(30)}x = ${T}\ny = ${T}\n` },
    found: ['a:32:5'],
  }),
  'moved to another file': () => ({
    before: { a: `${T}\n`, b: 'x\n' },
    after: { a: 'y\n', b: `x\n${T}\n` },
    found: ['(b:2:1)'],
  }),
  'a line with an old secret, indented': () => ({ before: { a: `${T}\n` }, after: { a: `  ${T}\n` }, found: [] }),
  'a line with an old secret and a new one': () => ({
    before: { a: `${T}\n` },
    after: { a: `${T} ${U}\n` },
    found: ['a:1:28'],
  }),
  'line ends': () => ({ before: { a: `x\n${T}\n` }, after: { a: `x\r\n${T}\r\n${U}\r\n` }, found: ['a:3:1'] }),
  'the end of the last line': () => ({ before: { a: `x\n${T}` }, after: { a: `x\n${T}\n` }, found: [] }),
  'wrapped base64: the secret begins on a line without a change': () => ({
    before: { a: wrapped(`${'x'.repeat(51)}glpat-${'x'.repeat(20)}\n${'y'.repeat(50)}`) },
    after: { a: wrapped(`${'x'.repeat(51)}${T}\n${'y'.repeat(50)}`) },
    found: ['a:1:69'],
  }),
  'wrapped base64: the line that broke it is removed': () => ({
    before: { a: wrapped(`${'q'.repeat(46)}T=${T} ${'y'.repeat(50)}`).replace('\n', '\n!!\n') },
    after: { a: wrapped(`${'q'.repeat(46)}T=${T} ${'y'.repeat(50)}`) },
    found: ['a:1:65'],
  }),
  'quoted-printable: the second half is new': () => ({
    before: { a: `x =3D ${T.slice(0, 10)}=\nREDACTED\n` },
    after: { a: `x =3D ${T.slice(0, 10)}=\n${T.slice(10)}\n` },
    found: ['a:1:7'],
  }),
  'an archive with an old secret and a new entry': () => ({
    before: { 'a.zip': zip([entry('k', T)]), 'b.tar': tar({ k: T }), 'c.gz': gzip(T) },
    after: {
      'a.zip': zip([entry('k', T), entry('l', U)]),
      'b.tar': tar({ k: T, l: lines(90) }),
      'c.gz': gzip(`${T}\n${lines(99)}`),
    },
    found: ['a.zip!/l:1:1'],
  }),
  'UTF-16': () => ({ before: { a: wide(`${T}\nx\n`) }, after: { a: wide(`${T}\ny\n${U}\n`) }, found: ['a:3:1'] }),
  'other line ends above': () => ({
    before: { a: 'a\rb\rc\n' },
    after: { a: `a\rb\rc\nd\r${T}\r\n` },
    found: ['a:2:3'],
  }),
  'renamed and edited': () => ({
    before: { a: `${lines(30)}${T}\n` },
    after: { a: undefined, b: `${lines(30)}${T}\n${U}\n` },
    found: ['b:32:1'],
  }),
  'renamed, beyond the limit for renames': () => ({
    before: { a: `${lines(30)}${T}\n`, b: `${lines(40)}${U}\n` },
    after: { a: undefined, b: undefined, c: `${lines(30)}${T}\nx\n`, d: `${lines(40)}${U}\nx\n` },
    also: (root) => config(root, { 'diff.renameLimit': '1' }),
    found: ['(c:31:1)', '(d:41:1)'],
  }),
  'a change of mode': () => ({
    before: { a: `${T}\n`, b: 'x\n' },
    after: { b: `x\n${U}\n` },
    also: (root) => {
      for (const name of ['a', 'b']) chmodSync(join(root, name), 0o755);
      git(root, 'add', '--all');
    },
    found: ['b:2:1'],
  }),
  'a file that the work tree changes further, and one that is only intended to be added': () => ({
    before: { a: 'x\n' },
    after: { a: `x\n${T}\n` },
    also: (root) => {
      for (const name of ['a', 'later']) writeFileSync(join(root, name), `x\n${T}\n${U}\n`);
      git(root, 'add', '--intent-to-add', 'later');
    },
    found: ['a:2:1'],
  }),
  'a driver with textconv': () => attribute('diff=own'),
  'a file that is not compared': () => attribute('-diff'),
  'the configuration of a runner, where the section is named above the line with the token': () => ({
    before: { 'config.toml': runner() },
    after: { 'config.toml': runner() },
    found: ['config.toml:4:12'],
  }),
  'a binary file': () => attribute('binary'),
};

it.each(Object.entries(CASES))(
  '%s: staged reports before the commit what diff reports after it',
  async (_name, given) => {
    const { before, after, also, found } = given();
    const root = tempRepository({ '.keep': '' });
    stage(root, before);
    git(root, 'commit', '--quiet', '--no-verify', '--message', 'before');
    stage(root, after);
    also?.(root);
    expect(await reported(root, ['staged'])).toEqual(found);
    git(root, 'commit', '--quiet', '--no-verify', '--message', 'after');
    expect(await reported(root, ['diff', 'HEAD~1..HEAD'])).toEqual(found);
  },
);

it('the same is new if git cannot show a file as text', async () => {
  const text = (path: string, ...added: string[]): Files => ({ [path]: `${lines(40)}${[T, ...added].join('\n')}\n` });
  const root = tempRepository({ 'more.txt': 'x\n' });
  stage(root, { ...text('big.bin'), ...text('old.txt') });
  git(root, 'commit', '--quiet', '--no-verify', '--message', 'before');
  git(root, 'mv', 'old.txt', 'renamed.txt');
  stage(root, { ...text('big.bin', U), ...text('renamed.txt', 'x', U), 'more.txt': `x\n${U}\n` });
  const tooLarge = 'echo "fatal: unable to generate diff for big.bin" >&2; exit 128';
  const env = withFakeGit(`case "$*" in *--unified=*) ${tooLarge};; esac; exec "$REAL_GIT" "$@"`);
  expect(await reported(root, ['staged'], env)).toEqual(['big.bin:42:1', 'more.txt:2:1', 'renamed.txt:43:1']);
});

function stage(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files))
    if (content === undefined) git(root, 'rm', '--quiet', path);
    else writeFiles(root, { [path]: content });
  git(root, 'add', '--all');
}

async function reported(
  root: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { code, stdout } = await glaive([...command, '--format', 'json'], { cwd: root, env });
  const { findings, gaps } = JSON.parse(stdout) as ScanReport;
  expect(gaps).toEqual([]);
  const places = findings.flatMap(({ artifact, regions, suppressions = [] }) =>
    regions.map(({ startLine, startColumn }) => {
      const place = `${artifact.uri}:${startLine}:${startColumn}`;
      return suppressions.length > 0 ? `(${place})` : place;
    }),
  );
  expect(code).toBe(places.some((place) => !place.startsWith('(')) ? 1 : 0);
  return places.toSorted();
}

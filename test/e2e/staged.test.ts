/** `glaive staged` is exact about the index: the additions of the next commit, their positions, and nothing else. */

import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { placesOf, positionsOf, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(31);
const leak = (): string => `token = "${token()}"\n`;
const lines = (count: number, word = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('');

/** Writes files and stages everything. */
function stage(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  writeFiles(root, files);
  git(root, 'add', '--all');
}

describe('the index, and nothing else', () => {
  it('gitleaks #585, git-secrets #12: a token that is only in the index is found, one only in the work tree is not', async () => {
    const root = tempRepository({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    stage(root, { 'a.txt': `one\n${leak()}` });
    writeFiles(root, { 'a.txt': 'one\n', 'b.txt': leak(), 'new.txt': leak() });
    const { code, report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual(['a.txt:2:10']);
    expect(code).toBe(1);
  });

  it('says nothing at all when the commit is clean', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    stage(root, { 'a.txt': 'two\n', 'b.txt': 'three\n' });
    expect(await glaive(['staged'], { cwd: root })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await stagedJson(root)).report.counts).toMatchObject({ artifacts: 2, findings: 0, gaps: 0 });
  });

  it('gitleaks #2281, trufflehog #4575: scans every staged file, and says how many bytes it has scanned', async () => {
    const root = tempRepository();
    stage(root, Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index % 7}/f${index}`, leak()])));
    const { report } = await stagedJson(root);
    expect(placesOf(report)).toHaveLength(40);
    expect(report.counts.bytes).toBe(40 * leak().length);
  });

  it('is silent about an old token on a line that the commit does not touch', async () => {
    const old = leak();
    const root = tempRepository({ 'a.txt': `${lines(5)}${old}${lines(5)}` });
    stage(root, { 'a.txt': `${lines(5)}${old}${lines(4)}changed\n` });
    expect((await stagedJson(root)).report.findings).toEqual([]);
  });

  it('gives positions in the file as it is in the index', async () => {
    const root = tempRepository({ 'deep.txt': lines(3000) });
    const text = lines(3000).replace('line 2000\n', `line 2000\n  é😀 ${leak()}`);
    stage(root, { 'deep.txt': text });
    writeFiles(root, { 'deep.txt': 'something else\n' });
    const { report } = await stagedJson(root);
    // A column is a UTF-16 unit: two blanks, é, two for the face, a blank, and `token = "`.
    expect(positionsOf(report)).toEqual(['deep.txt:2001:16']);
    const [region] = report.findings[0]!.regions;
    const { byteOffset, byteLength } = region!;
    const blob = Buffer.from(git(root, 'cat-file', 'blob', report.findings[0]!.locator.blob!), 'utf8');
    expect(blob.subarray(byteOffset, byteOffset + byteLength).toString()).toMatch(/^glpat-/);
  });

  it('reads the commit that is made from a subfolder, with names from the root', async () => {
    const root = tempRepository({ 'sub/a.txt': 'one\n' });
    stage(root, { 'sub/a.txt': leak(), 'top.txt': leak() });
    expect(placesOf((await stagedJson(join(root, 'sub'))).report)).toEqual(['sub/a.txt', 'top.txt']);
  });
});

describe('every kind of change', () => {
  it('scans the first commit of a repository', async () => {
    const root = tempRepository();
    stage(root, { 'a.txt': leak() });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.txt:1:10']);
  });

  it('has nothing to say about deletions, and about nothing staged', async () => {
    const root = tempRepository({ 'a.txt': leak(), 'b.txt': leak() });
    expect((await stagedJson(root)).code).toBe(0);
    git(root, 'rm', '--quiet', 'a.txt');
    const { code, report } = await stagedJson(root);
    expect({ code, found: report.findings }).toEqual({ code: 0, found: [] });
  });

  it('a pure rename adds nothing; a rename with an edit adds what the edit adds', async () => {
    const root = tempRepository({ 'a.txt': lines(50) + leak(), 'b.txt': lines(50, 'row') + leak() });
    git(root, 'mv', 'a.txt', 'moved.txt');
    git(root, 'mv', 'b.txt', 'edited.txt');
    expect((await stagedJson(root)).report.findings).toEqual([]);
    stage(root, { 'edited.txt': readFileSync(join(root, 'edited.txt'), 'utf8') + leak() });
    const { report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual(['edited.txt:52:10']);
  });

  it('renames add nothing in a change of thousands of files either', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => index);
    const root = tempRepository(
      Object.fromEntries(names.map((name) => [`old/${name}.txt`, `${lines(9)}${name}\n${leak()}`])),
    );
    git(root, 'mv', 'old', 'new');
    expect((await stagedJson(root)).report.findings).toEqual([]);
  });

  it('a copy adds the secret in one more place', async () => {
    const text = lines(50) + leak();
    const root = tempRepository({ 'a.txt': text });
    stage(root, { 'copy.txt': text });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['copy.txt:51:10']);
  });

  it('a secret that the same commit removes elsewhere was moved: a note, and no finding', async () => {
    const secret = leak();
    const root = tempRepository({ 'a.txt': `${lines(20)}${secret}${lines(20)}`, 'b.txt': lines(3) });
    stage(root, { 'a.txt': lines(40), 'b.txt': `${lines(3)}  moved: ${secret}` });
    const { code, report, stderr } = await stagedJson(root);
    expect(code).toBe(0);
    expect(report.findings.map(({ artifact, suppressions }) => [artifact.uri, suppressions![0]!.by])).toEqual([
      ['b.txt', 'moved'],
    ]);
    expect(stderr).toMatch(/only moves a secret that was here before: b\.txt/);
  });

  it('a moved secret does not hide a new one next to it', async () => {
    const secret = leak();
    const root = tempRepository({ 'a.txt': secret });
    stage(root, { 'a.txt': 'gone\n', 'b.txt': secret + leak() });
    const { code, report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual(['b.txt:2:10']);
    expect(code).toBe(1);
  });

  it('a change of mode adds nothing, and hides nothing', async () => {
    const root = tempRepository({ 'a.sh': leak(), 'b.sh': 'one\n' });
    for (const name of ['a.sh', 'b.sh']) chmodSync(join(root, name), 0o755);
    git(root, 'add', '--all');
    expect((await stagedJson(root)).report.findings).toEqual([]);
    stage(root, { 'b.sh': leak() });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['b.sh:1:10']);
  });

  it('a file becomes a link, and a link a file', async () => {
    const root = tempRepository({ 'file.txt': 'one\n', 'target.txt': 'x\n' });
    symlinkSync('target.txt', join(root, 'link'));
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'link');
    unlinkSync(join(root, 'link'));
    unlinkSync(join(root, 'file.txt'));
    symlinkSync(`/srv/${token()}/file`, join(root, 'file.txt'));
    stage(root, { link: leak() });
    const { report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual(['file.txt:1:6', 'link:1:10']);
  });

  it('a file that is only intended to be added is not part of the commit', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'later.txt': leak(), 'now.txt': leak() });
    git(root, 'add', '--intent-to-add', 'later.txt');
    git(root, 'add', 'now.txt');
    expect(placesOf((await stagedJson(root)).report)).toEqual(['now.txt']);
  });

  it('a line without an end, before and after', async () => {
    const root = tempRepository({ 'a.txt': 'one\ntwo', 'b.txt': 'one' });
    stage(root, { 'a.txt': `one\ntwo\n${leak().trimEnd()}`, 'b.txt': `one\n${leak()}` });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.txt:3:10', 'b.txt:2:10']);
  });

  it('lines that look like the headers of a diff', async () => {
    const text = ['-- a/x', '++ b/x', '@@ -1 +1 @@', 'diff --git a/y b/y', '\\ No newline at end of file', '+', '-'];
    const root = tempRepository({ 'a.txt': `${text.join('\n')}\n` });
    stage(root, { 'a.txt': `${text.toReversed().join('\n')}\n${leak()}${text.join('\n')}\n`, 'z.txt': leak() });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.txt:8:10', 'z.txt:1:10']);
  });

  it('a token in the name of a new file, masked wherever the name is shown', async () => {
    const secret = token();
    const root = tempRepository({ 'a.txt': 'one\n' });
    stage(root, { [`dump.${secret}.txt`]: 'nothing\n' });
    const { code, report, stdout, stderr } = await stagedJson(root);
    expect(placesOf(report)).toEqual(['dump.[MASKED].txt (name)']);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(secret.slice(6));
  });
});

describe('content of every kind', () => {
  it('binary files, and files that attributes call binary or forbid to compare', async () => {
    const root = tempRepository({
      '.gitattributes': '*.bin binary\n*.nodiff -diff\n*.lock -text -diff\n',
      'a.nodiff': 'x\n',
    });
    stage(root, {
      'a.bin': Buffer.concat([Buffer.from([0, 1, 2, 255, 0]), Buffer.from(leak()), Buffer.from([0, 0])]),
      'a.nodiff': `x\n${leak()}`,
      'a.lock': leak(),
      'nul.txt': `\0\0${leak()}`,
    });
    const { report } = await stagedJson(root);
    expect(placesOf(report)).toEqual(['a.bin', 'a.lock', 'a.nodiff', 'nul.txt']);
  });

  it('the text that is committed, whatever line ends the work tree has', async () => {
    const root = tempRepository({ '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'one\ntwo\n' });
    git(root, 'config', 'core.autocrlf', 'true');
    stage(root, { 'a.txt': `one\r\ntwo\r\n${leak().trimEnd()}\r\n`, 'raw.dat': `one\r\n${leak().trimEnd()}\r\n` });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.txt:3:10', 'raw.dat:2:10']);
  });

  it('a change of line ends alone adds no secret', async () => {
    const text = lines(3) + leak();
    const root = tempRepository({ 'a.txt': text });
    stage(root, { 'a.txt': text.replaceAll('\n', '\r\n') });
    const { code, report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual([]);
    expect(code).toBe(0);
  });

  it('names with line feeds, quotes, tabs, backslashes, blanks at their ends, and bytes that are no UTF-8', async () => {
    const names = [
      'new\nline',
      'qu"ote',
      't\tab',
      'back\\slash',
      ' blank ',
      'ümläut',
      'b',
      '-dash',
      'a b/c d',
      '" b/x',
    ];
    const root = tempRepository();
    stage(root, Object.fromEntries(names.map((name) => [name, leak()])));
    const raw = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0xfe])]);
    writeFileSync(raw, leak());
    git(root, 'add', '--all');
    const expected = [...names, 'f%FF%FE'].toSorted();
    expect(placesOf((await stagedJson(root)).report)).toEqual(expected);
    // Renamed with an edit: both names are in the headers.
    git(root, 'commit', '--quiet', '--message', 'names');
    for (const name of names) {
      mkdirSync(join(root, 'to', name, '..'), { recursive: true });
      git(root, 'mv', '--', name, `to/${name}`);
      writeFileSync(join(root, 'to', name), `${readFileSync(join(root, 'to', name), 'utf8')}${leak()}`);
    }
    git(root, 'add', '--all');
    expect(placesOf((await stagedJson(root)).report)).toEqual(names.map((name) => `to/${name}`).toSorted());
  });

  it('a long line, of which the diff is more than is kept in memory', async () => {
    const filler = 'x'.repeat(20 * 1024 * 1024);
    const root = tempRepository({ 'a.min.js': `${filler}\n` });
    stage(root, { 'a.min.js': `${filler} ${leak()}` });
    const { report } = await stagedJson(root);
    expect(positionsOf(report)).toEqual([`a.min.js:1:${filler.length + 11}`]);
  });

  it('a secret over several lines, of which one is added', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    stage(root, { 'a.txt': `one\n${leak()}two\n${leak()}` });
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.txt:2:10', 'a.txt:4:10']);
  });
});

describe('what could not be scanned', () => {
  it('gitleaks #1981, #1055, #1377: without a repository there is nothing staged, and that is no "clean"', async () => {
    const { code, stdout, stderr } = await glaive(['staged'], { cwd: tempFolder() });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/staged: there is no git repository here/);
  });

  it('a path in conflict is a gap, whatever else was found', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'checkout', '--quiet', '-b', 'other');
    stage(root, { 'a.txt': 'other\n', 'b.txt': 'b\n' });
    git(root, 'commit', '--quiet', '--message', 'other');
    git(root, 'checkout', '--quiet', 'main');
    stage(root, { 'a.txt': 'main\n' });
    git(root, 'commit', '--quiet', '--message', 'main');
    expect(() => git(root, 'merge', 'other')).toThrow();
    const { code, report, stderr } = await stagedJson(root);
    expect(report.gaps.map(({ kind, uri }) => [kind, uri])).toEqual([['git', 'a.txt']]);
    expect(stderr).toMatch(/a\.txt: it is in conflict/);
    expect(code).toBe(2);
  });

  it('an object that is missing or damaged is a gap', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    stage(root, { 'a.txt': leak() });
    const object = git(root, 'rev-parse', ':a.txt').trim();
    rmSync(join(root, '.git', 'objects', object.slice(0, 2), object.slice(2)));
    const { code, report } = await stagedJson(root);
    expect(report.gaps).toHaveLength(1);
    expect(report.scan.complete).toBe(false);
    expect(code).toBe(2);
  });

  it('an index that cannot be read is a gap', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFileSync(join(root, '.git', 'index'), 'no index');
    const { code, report, stderr } = await stagedJson(root);
    expect(report.gaps.map(({ kind }) => kind)).toEqual(['git']);
    expect(stderr).toMatch(/git could not list the staged changes: .*index/);
    expect(code).toBe(2);
  });

  it('without git it says what is missing', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    stage(root, { 'a.txt': leak() });
    const { code, stderr } = await stagedJson(root, [], { env: { PATH: tempFolder() } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/git was not found/);
  });

  it('gitleaks #2129: what git says on the side is no reason to call it clean, and none to stop', async () => {
    const root = tempRepository({ '.gitattributes': '*.x filter=crypt\n', 'a.x': 'one\n' });
    stage(root, { 'b.x': leak() });
    const { code, report } = await stagedJson(root, [], { env: { GIT_TRACE: '1' } });
    expect(placesOf(report)).toEqual(['b.x']);
    expect(code).toBe(1);
  });
});

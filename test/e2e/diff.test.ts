/** `glaive diff RANGE`: the additions of all kinds of commits. */

import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { diffJson, fingerprintOf, positionsOf, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(61);

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A commit of everything in the work tree; gives its id. */
function commit(root: string, files: Files = {}, message = 'x'): string {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(root, 'rev-parse', 'HEAD').trim();
}

/** A branch `topic` on top of `main`, checked out. */
function topic(files: Files = { 'a.txt': 'one\n' }): string {
  const root = tempRepository(files);
  git(root, 'checkout', '--quiet', '-b', 'topic');
  return root;
}

const RANGE = 'main..topic';

/** `URI:LINE:COLUMN`, the commit that introduced it (by its place in the range) and whether it is gone. */
function reported({ findings }: ScanReport, ids: readonly string[]): string[] {
  return findings
    .filter(({ suppressions = [] }) => suppressions.length === 0)
    .flatMap(({ artifact, regions, introduction, removedLater }) =>
      regions.map(
        ({ startLine, startColumn }) =>
          `${artifact.uri}:${startLine}:${startColumn} by ${introduction === undefined ? '-' : ids.indexOf(introduction.commit)}${removedLater === true ? ' gone' : ''}`,
      ),
    )
    .toSorted();
}

async function expectReported(
  root: string,
  ids: readonly string[],
  expected: readonly string[],
  range = RANGE,
): Promise<ScanReport> {
  const { code, report, stderr } = await diffJson(root, [range]);
  expect({ reported: reported(report, ids), stderr }).toEqual({ reported: expected, stderr: '' });
  expect(code).toBe(expected.length === 0 ? 0 : 1);
  return report;
}

describe('commits one after the other', () => {
  it('a token in a new file, and in a line that is added to an old one', async () => {
    const root = topic();
    const ids = [commit(root, { 'new.txt': `x\n  ${token()}\n` }), commit(root, { 'a.txt': `one\ntwo\n${token()}\n` })];
    const report = await expectReported(root, ids, ['a.txt:3:1 by 1', 'new.txt:2:3 by 0']);
    expect(report.findings[0]!.introduction).toMatchObject({
      author: 'A <a@example.com>',
      date: '2026-01-01T00:00:00+00:00',
    });
  });

  it('a token that was there before stays silent, whatever else its file gets', async () => {
    const secret = token();
    const root = topic({ 'a.txt': `one\n${secret}\nlast\n` });
    commit(root, { 'a.txt': `zero\none\n${secret}\nlast\nmore\n` });
    await expectReported(root, [], []);
  });

  it('lines that are indented, reordered or get other line ends add nothing', async () => {
    const secret = token();
    const root = topic({ 'a.txt': `one\n${secret}\ntwo\n` });
    commit(root, { 'a.txt': `  one\n  ${secret}\n  two\n` });
    commit(root, { 'a.txt': `two\r\n${secret}\r\none\r\n` });
    await expectReported(root, [], []);
  });

  it('one more copy of a token that is there is reported, at its own place', async () => {
    const secret = token();
    const root = topic({ 'a.txt': `one\n${secret}\ntwo\n` });
    const ids = [commit(root, { 'a.txt': `new = ${secret}\none\n${secret}\ntwo\n` })];
    await expectReported(root, ids, ['a.txt:1:7 by 0']);
  });

  it('added and removed again within the range', async () => {
    const root = topic();
    const ids = [
      commit(root, { 'a.txt': `one\n${token()}\n` }),
      commit(root, { 'a.txt': 'one\n' }, 'remove the token'),
    ];
    await expectReported(root, ids, ['a.txt:2:1 by 0 gone']);
    const { stdout, code } = await glaive(['diff', RANGE], { cwd: root });
    expect(code).toBe(1);
    expect(stdout).toMatch(/introduced in [0-9a-f]{12} by A <a@example\.com> on 2026-01-01/);
    expect(stdout).toMatch(/a later commit removes it/);
  });

  it('its file is deleted again, or the branch is reverted', async () => {
    const root = topic();
    const ids = [commit(root, { 'b.txt': token() })];
    git(root, 'rm', '--quiet', 'b.txt');
    commit(root);
    ids.push(commit(root, { 'c.txt': token() }));
    git(root, 'revert', '--no-edit', 'HEAD');
    await expectReported(root, ids, ['b.txt:1:1 by 0 gone', 'c.txt:1:1 by 1 gone']);
  });

  it('lines above it are added later: the position is that of the end, the introduction that of the beginning', async () => {
    const root = topic();
    const secret = token();
    const ids = [commit(root, { 'b.txt': `${secret}\n` }), commit(root, { 'b.txt': `1\n2\n3\n${secret}\n` })];
    const report = await expectReported(root, ids, ['b.txt:4:1 by 0']);
    expect(report.findings[0]!.introduction).toMatchObject({ uri: 'b.txt', startLine: 1 });
  });

  it('its file is renamed later: reported under the name that it has now', async () => {
    const root = topic();
    const ids = [commit(root, { 'b.txt': `x\n${token()}\n` })];
    renameSync(join(root, 'b.txt'), join(root, 'c.txt'));
    ids.push(commit(root));
    const report = await expectReported(root, ids, ['c.txt:2:1 by 0']);
    expect(report.findings[0]!.introduction).toMatchObject({ uri: 'b.txt' });
  });

  it('a rename of a file that had one before adds nothing; a rename that adds one does', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');
    const root = topic({ 'a.txt': `${lines}${token()}\n`, 'b.txt': lines });
    renameSync(join(root, 'a.txt'), join(root, 'moved.txt'));
    commit(root);
    await expectReported(root, [], []);
    rmSync(join(root, 'b.txt'));
    const ids = [commit(root, { 'c.txt': `${lines}${token()}\n` })];
    await expectReported(root, ids, ['c.txt:31:1 by 0']);
  });

  it('a token that moves from one file to another is a note', async () => {
    const secret = token();
    const root = topic({ 'a.txt': `one\n${secret}\n`, 'b.txt': 'x\n' });
    commit(root, { 'a.txt': 'one\n', 'b.txt': `x\n${secret}\n` });
    const { code, report } = await diffJson(root, [RANGE]);
    expect({ code, positions: positionsOf(report) }).toEqual({ code: 0, positions: [] });
    expect(report.notes).toEqual(['this change only moves a secret that was here before: b.txt']);
  });

  it('one that is introduced, then moved, counts as introduced', async () => {
    const root = topic();
    const secret = token();
    const ids = [commit(root, { 'b.txt': `${secret}\n` })];
    rmSync(join(root, 'b.txt'));
    ids.push(commit(root, { 'c/d.txt': `much\nelse\n${secret}\n` }));
    // Git takes it for a rename.
    await expectReported(root, ids, ['c/d.txt:3:1 by 0']);
  });

  it('root commits: a branch with a beginning of its own', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    git(root, 'checkout', '--quiet', '--orphan', 'topic');
    const ids = [commit(root, { 'b.txt': token() })];
    await expectReported(root, ids, ['b.txt:1:1 by 0']);
  });

  it('each version in a chain is scanned', async () => {
    const root = topic();
    const ids = Array.from({ length: 40 }, (_, index) =>
      commit(root, { 'a.txt': index === 20 ? `${token()}\n` : `${index}\n` }),
    );
    await expectReported(root, ids, ['a.txt:1:1 by 20 gone']);
  });
});

describe('merges', () => {
  it('an evil merge introduces secrets that none of its parents has', async () => {
    const root = topic();
    commit(root, { 'b.txt': 'two\n' });
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'c.txt': 'three\n' });
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-commit', '--no-ff', 'main');
    const ids = [commit(root, { 'c.txt': `three\n${token()}\n`, 'new.txt': token() })];
    await expectReported(root, ids, ['c.txt:2:1 by 0', 'new.txt:1:1 by 0']);
  });

  it('an evil merge that later commits clean up', async () => {
    const root = topic();
    commit(root, { 'b.txt': 'two\n' });
    git(root, 'checkout', '--quiet', '-b', 'other', 'main');
    commit(root, { 'c.txt': 'three\n' });
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-commit', '--no-ff', 'other');
    const ids = [commit(root, { 'b.txt': `two\n${token()}\n` })];
    commit(root, { 'b.txt': 'two\n' });
    await expectReported(root, ids, ['b.txt:2:1 by 0 gone']);
  });

  it('a conflict resolved with the version of one side adds nothing', async () => {
    const root = topic({ 'a.txt': 'one\n' });
    const ids = [commit(root, { 'a.txt': `mine ${token()}\n` })];
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'a.txt': 'theirs\n' });
    git(root, 'checkout', '--quiet', 'topic');
    expect(() => git(root, 'merge', '--quiet', 'main')).toThrow();
    git(root, 'checkout', '--ours', 'a.txt');
    ids.push(commit(root));
    await expectReported(root, ids, ['a.txt:1:6 by 0']);
  });

  it('additions of the other branch are not in the range', async () => {
    const root = topic();
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'theirs.txt': token() });
    git(root, 'checkout', '--quiet', 'topic');
    commit(root, { 'b.txt': 'mine\n' });
    git(root, 'merge', '--quiet', '--no-edit', 'main');
    await expectReported(root, [], []);
  });

  it('an octopus merge, and what is new in it', async () => {
    const root = topic();
    for (const name of ['one', 'two', 'three']) {
      git(root, 'checkout', '--quiet', '-b', name, 'main');
      commit(root, { [`${name}.txt`]: `${name}\n` });
    }
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-edit', 'one', 'two', 'three');
    writeFiles(root, { 'two.txt': `two\n${token()}\n` });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--amend', '--no-edit');
    expect(git(root, 'rev-list', '--parents', '-1', 'HEAD').trim().split(' ').length).toBeGreaterThan(3);
    await expectReported(root, [git(root, 'rev-parse', 'HEAD').trim()], ['two.txt:2:1 by 0']);
  });

  it('first parents are not all: a merged branch with a token that it removed before the merge', async () => {
    const root = topic();
    git(root, 'checkout', '--quiet', '-b', 'side');
    const ids = [commit(root, { 's.txt': token() })];
    git(root, 'rm', '--quiet', 's.txt');
    commit(root);
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-ff', '--no-edit', 'side');
    await expectReported(root, ids, ['s.txt:1:1 by 0 gone']);
  });
});

describe('files of every kind', () => {
  it('binary files with tokens', async () => {
    const root = topic({ 'a.bin': Buffer.from([0, 1, 2, 10, 0]) });
    const bytes = Buffer.concat([Buffer.from([0, 1, 2, 10, 0]), Buffer.from(`\0${token()}\0`)]);
    const ids = [commit(root, { 'a.bin': bytes, 'b.bin': bytes })];
    await expectReported(root, ids, ['a.bin:2:3 by 0', 'b.bin:2:3 by 0']);
  });

  it('UTF-16, archives and encoded text', async () => {
    const root = topic();
    const ids = [
      commit(root, {
        'wide.txt': Buffer.from(`\uFEFFx\n${token()}\n`, 'utf16le'),
        'packed.gz': gzipSync(`x\n${token()}\n`),
        'base64.txt': `${Buffer.from(`secret: ${token()}`).toString('base64')}\n`,
      }),
    ];
    const { report } = await diffJson(root, [RANGE]);
    expect(reported(report, ids).map((place) => place.replace(/:\d+ by/, ' by'))).toEqual([
      'base64.txt:1 by 0',
      'packed.gz!/packed:2 by 0',
      'wide.txt:2 by 0',
    ]);
  });

  it('an archive that is packed again with the same content adds nothing', async () => {
    const secret = token();
    const root = topic({ 'a.gz': gzipSync(`${secret}\n`) });
    commit(root, { 'a.gz': gzipSync(`more\n${secret}\n`) });
    await expectReported(root, [], []);
  });

  it('CRLF in, CRLF out: columns are those of the file', async () => {
    const root = topic({ 'a.txt': 'one\r\ntwo\r\n' });
    const ids = [commit(root, { 'a.txt': `one\r\n\tkey=${token()}\r\ntwo\r\n` })];
    await expectReported(root, ids, ['a.txt:2:6 by 0']);
  });

  it('files of many megabytes, in one line and in many', async () => {
    const root = topic();
    const long = 'x y '.repeat(3_000_000);
    const ids = [
      commit(root, {
        'line.txt': `${long}${token()} ${long}`,
        'lines.txt': `${'line\n'.repeat(2_000_000)}${token()}\n`,
      }),
    ];
    await expectReported(root, ids, [`line.txt:1:${long.length + 1} by 0`, 'lines.txt:2000001:1 by 0']);
  });

  it('a change of mode, a symbolic link, a file that becomes one', async () => {
    const secret = token();
    const root = topic({ 'run.sh': `${secret}\n`, 'b.txt': 'x\n' });
    chmodSync(join(root, 'run.sh'), 0o755);
    commit(root);
    await expectReported(root, [], []);
    rmSync(join(root, 'b.txt'));
    symlinkSync(`/srv/${token()}`, join(root, 'b.txt'));
    const ids = [commit(root)];
    await expectReported(root, ids, ['b.txt:1:6 by 0']);
  });

  it('a submodule at a new commit is counted, and its files are not scanned', async () => {
    const inner = tempRepository({ 'leak.txt': token() });
    const root = topic();
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commit(root);
    commit(join(root, 'sub'), { 'x.txt': token() });
    commit(root);
    const report = await expectReported(root, [], []);
    expect(report.counts.skips).toEqual({ 'submodule-change': 2 });
  });

  it('names of every kind, in a folder below the root too', async () => {
    const root = topic();
    const names = ['a b.txt', 'quo"te', 'tab\tname', 'new\nline', 'grün/ключ.env', '-dash', ':colon', 'trailing '];
    const ids = [commit(root, Object.fromEntries(names.map((name) => [name, `x\n${token()}\n`])))];
    const { report } = await diffJson(join(root, 'grün'), [RANGE]);
    expect(reported(report, ids).length).toBe(names.length);
    expect(reported(report, ids).filter((place) => !place.endsWith(':2:1 by 0'))).toEqual([]);
  });

  it('settings of the repository bend nothing', async () => {
    const root = topic();
    writeFiles(root, { '.gitattributes': '*.txt -diff diff=trap\n' });
    const ids = [commit(root, { 'a.txt': `one\n${token()}\n` })];
    for (const [key, value] of [
      ['diff.mnemonicPrefix', 'true'],
      ['diff.noprefix', 'true'],
      ['diff.external', 'false'],
      ['diff.renames', 'copies'],
      ['diff.submodule', 'log'],
      ['diff.orderFile', '/nonexistent'],
      ['diff.ignoreSubmodules', 'all'],
      ['core.quotePath', 'true'],
      ['log.showSignature', 'true'],
      ['color.ui', 'always'],
      ['core.bigFileThreshold', '1'],
    ] as const)
      git(root, 'config', key, value);
    await expectReported(root, ids, ['a.txt:2:1 by 0']);
  });
});

describe('what is no file', () => {
  it('messages, authors, committers and names of files', async () => {
    const root = topic();
    const [first, second, third] = [token(), token(), token()];
    const ids = [commit(root, { 'a.txt': 'two\n' }, `title\n\nbody ${first}\n`)];
    git(
      root,
      '-c',
      `user.name=x`,
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'y',
      `--author=A ${second} <a@example.com>`,
    );
    ids.push(git(root, 'rev-parse', 'HEAD').trim());
    ids.push(commit(root, { [`${third}.txt`]: 'x\n' }));
    const { code, report, stdout } = await diffJson(root, [RANGE]);
    expect(code).toBe(1);
    const found = report.findings.map(({ artifact, secretFingerprint }) => `${artifact.kind} ${secretFingerprint}`);
    expect(new Set(found)).toEqual(
      new Set([
        `commit-header ${fingerprintOf(second)}`,
        `commit-message ${fingerprintOf(first)}`,
        `file-name ${fingerprintOf(third)}`,
      ]),
    );
    const message = report.findings.find(({ artifact }) => artifact.kind === 'commit-message')!;
    expect(message).toMatchObject({
      artifact: { uri: `commit/${ids[0]}/message` },
      regions: [{ startLine: 3, startColumn: 6 }],
    });
    for (const secret of [first, second, third]) expect(stdout).not.toContain(secret.slice(6));
  });
});

describe('ranges', () => {
  it('A..B, A...B and A mean the same', async () => {
    const root = topic();
    const ids = [commit(root, { 'b.txt': token() })];
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'c.txt': token() });
    git(root, 'checkout', '--quiet', 'topic');
    for (const range of ['main..topic', 'main...topic', 'main', 'main..'])
      await expectReported(root, ids, ['b.txt:1:1 by 0'], range);
  });

  it('to a tag: its message, and those of the tags that it leads to', async () => {
    const root = topic();
    const tip = commit(root, { 'b.txt': 'two\n' });
    git(root, 'tag', '--annotate', '--message', `one\n\n${token()}`, 'inner');
    git(root, 'tag', '--annotate', '--message', `two\n\n${token()}`, 'outer', 'inner');
    git(root, 'tag', 'light', tip);
    const both = ['tag/inner/message:8:1', 'tag/outer/message:8:1'];
    const cases: readonly (readonly [range: string, found: readonly string[]])[] = [
      ['main..inner', both.slice(0, 1)],
      ['main...inner', both.slice(0, 1)],
      ['main..outer', both],
      ['main...refs/tags/outer', both],
      [`main..${git(root, 'rev-parse', 'outer').trim()}`, both],
      [`${tip}..outer`, both],
      ['main..light', []],
      ['main..outer^{commit}', []],
      ['main..topic', []],
    ];
    for (const [range, found] of some(cases, 5)) {
      const { code, report } = await diffJson(root, [range]);
      expect([range, code, positionsOf(report).toSorted()]).toEqual([range, found.length > 0 ? 1 : 0, found]);
    }
    // The same names, and so the same fingerprints, as in the history.
    const history = await glaive(['history', '--format', 'json'], { cwd: root });
    const fingerprints = (report: ScanReport): string[] =>
      report.findings.map(({ fingerprint }) => fingerprint).toSorted();
    const { report } = await diffJson(root, ['main..outer']);
    expect(fingerprints(report)).toEqual(fingerprints(JSON.parse(history.stdout) as ScanReport));
  });

  it('without one: what the upstream branch lacks', async () => {
    const root = topic();
    git(root, 'branch', '--quiet', '--set-upstream-to=main');
    commit(root, { 'b.txt': token() });
    const { report } = await diffJson(root);
    expect(positionsOf(report)).toEqual(['b.txt:1:1']);
  });

  it.each([
    ['nothing..HEAD', /git knows no commit "nothing"/],
    ['HEAD..nothing', /git knows no commit "nothing"/],
    ['main^{tree}..topic', /git knows no commit/],
    ['--all', /unknown option|unknown flag|no flag|--all/],
    ['..HEAD', /RANGE must be like/],
    ['topic..main', /wrong way round.*\n.*main\.\.topic/],
  ])('%s is an error, and nothing is called clean', async (range, message) => {
    const root = topic();
    commit(root, { 'b.txt': 'x\n' });
    const { code, stdout, stderr } = await glaive(['diff', range], { cwd: root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*\.[cm]?js/);
  });

  it('no RANGE and nothing to take it from; no repository; no commits', async () => {
    const root = topic();
    expect(await glaive(['diff'], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no RANGE, no CI job that glaive knows/),
    });
    const nowhere = { code: 2, stderr: expect.stringMatching(/no git repository with commits/) };
    expect(await glaive(['diff', RANGE], { cwd: tempFolder() })).toMatchObject(nowhere);
    expect(await glaive(['diff', RANGE], { cwd: tempRepository() })).toMatchObject(nowhere);
  });

  it('an empty range says that it is empty', async () => {
    const root = topic();
    const { code, stderr } = await glaive(['diff', 'main..topic'], { cwd: root });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'glaive: note: there are no commits in main..topic\n',
    });
  });

  it('a missing object is a gap, and the rest is scanned', async () => {
    const root = topic();
    commit(root, { 'lost.txt': 'lost\n', 'leak.txt': token() });
    const id = git(root, 'rev-parse', 'topic:lost.txt').trim();
    rmSync(join(root, '.git', 'objects', id.slice(0, 2), id.slice(2)));
    const { code, report } = await diffJson(root, [RANGE]);
    expect(code).toBe(2);
    expect(positionsOf(report)).toEqual(['leak.txt:1:1']);
    expect(report.gaps).toMatchObject([
      { kind: 'git', uri: 'lost.txt', message: expect.stringContaining('is not in this repository') },
    ]);
  });

  it('a damaged object is a gap, and the rest is scanned', async () => {
    const root = topic();
    commit(root, { 'lost.txt': 'lost\n'.repeat(1000), 'leak.txt': token(), 'more.txt': token() });
    const id = git(root, 'rev-parse', 'topic:lost.txt').trim();
    const path = join(root, '.git', 'objects', id.slice(0, 2), id.slice(2));
    rmSync(path);
    writeFiles(root, { [path.slice(root.length + 1)]: 'this is no zlib stream' });
    const { code, report } = await diffJson(root, [RANGE]);
    expect(code).toBe(2);
    expect(positionsOf(report)).toEqual(['leak.txt:1:1', 'more.txt:1:1']);
    expect(report.gaps).toMatchObject([{ kind: 'git', uri: 'lost.txt' }]);
  });

  it('SHA-256 repositories', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet', '--initial-branch=main', '--object-format=sha256');
    commit(root, { 'a.txt': 'one\n' });
    git(root, 'checkout', '--quiet', '-b', 'topic');
    const ids = [commit(root, { 'b.txt': token() })];
    expect(ids[0]).toHaveLength(64);
    await expectReported(root, ids, ['b.txt:1:1 by 0']);
  });

  it('a worktree, a mirror and a bare clone', async () => {
    const root = topic();
    const ids = [commit(root, { 'b.txt': token() })];
    const tree = join(tempFolder(), 'tree');
    git(root, 'worktree', 'add', '--quiet', '--detach', tree);
    await expectReported(tree, ids, ['b.txt:1:1 by 0']);
    const mirror = tempFolder();
    git(mirror, 'clone', '--quiet', '--mirror', root, '.');
    await expectReported(mirror, ids, ['b.txt:1:1 by 0']);
  });
});

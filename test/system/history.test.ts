/** `glaive history`: tokens planted wherever a repository can hold one, in both object formats. */

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, historyJson, type ReportedFinding, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(71);

/** A repository whose commits are a minute apart. */
class Repository {
  readonly root = tempFolder();
  #minute = 0;

  constructor(format = 'sha1') {
    git(this.root, 'init', '--quiet', '--initial-branch=main', `--object-format=${format}`);
    this.commit({ 'a.txt': 'one\n' });
  }

  git(...args: string[]): string {
    return git(this.root, ...args).trim();
  }

  commit(files: Readonly<Record<string, string>> = {}, message = 'x'): string {
    writeFiles(this.root, files);
    this.git('add', '--all');
    const date = `2026-02-01T00:${String(this.#minute++).padStart(2, '0')}:00Z`;
    this.git('-c', 'user.name=A', 'commit', '--quiet', '--allow-empty', '--message', message, `--date=${date}`);
    return this.git('rev-parse', 'HEAD');
  }

  remove(...paths: string[]): string {
    for (const path of paths) rmSync(join(this.root, path));
    return this.commit();
  }
}

/** The findings of a secret. */
function of(findings: readonly ReportedFinding[], secret: string): ReportedFinding[] {
  return findings.filter(({ secretFingerprint }) => secretFingerprint === fingerprintOf(secret));
}

async function sweep(root: string, args: readonly string[] = []) {
  const { code, report, stdout, stderr } = await historyJson(root, args);
  expect({ gaps: report.gaps, stderr }).toEqual({ gaps: [], stderr: '' });
  expect(stdout).not.toMatch(/glpat-\w{4}/);
  return { code, findings: report.findings, report };
}

describe.each(['sha1', 'sha256'])('%s: a token is found', (format) => {
  const place = (name: string, plant: (repository: Repository, secret: string) => object, uri?: string): void => {
    it(name, async () => {
      const repository = new Repository(format);
      const secret = token();
      const expected = plant(repository, secret);
      const { code, findings } = await sweep(repository.root);
      expect(code).toBe(1);
      expect(of(findings, secret)).toMatchObject([uri === undefined ? expected : { artifact: { uri }, ...expected }]);
    });
  };

  place(
    'that was edited away',
    (r, secret) => {
      const commit = r.commit({ 'b.txt': `x\n${secret}\n` });
      const removed = r.commit({ 'b.txt': 'x\n' });
      return {
        introduction: {
          commit,
          uri: 'b.txt',
          startLine: 2,
          author: 'A <a@example.com>',
          date: '2026-02-01T00:01:00+00:00',
        },
        history: { reachable: true, refs: ['refs/heads/main'], inHead: false, removed: { commit: removed } },
        regions: [{ startLine: 2, startColumn: 1 }],
      };
    },
    'b.txt',
  );

  place(
    'in HEAD, as HEAD has it',
    (r, secret) => {
      const commit = r.commit({ 'b.txt': `${secret}\n` });
      r.commit({ 'b.txt': `1\n2\n${secret}\n` });
      return { introduction: { commit, startLine: 1 }, history: { inHead: true }, regions: [{ startLine: 3 }] };
    },
    'b.txt',
  );

  place(
    'in a file that was deleted',
    (r, secret) => {
      const commit = r.commit({ 'b.txt': secret });
      const removed = r.remove('b.txt');
      return { introduction: { commit }, history: { inHead: false, removed: { commit: removed } } };
    },
    'b.txt',
  );

  place(
    'that was taken out and put in again',
    (r, secret) => {
      const commit = r.commit({ 'b.txt': secret });
      r.remove('b.txt');
      r.commit({ 'b.txt': `${secret}\nagain\n` });
      return { introduction: { commit, introductions: 2 }, history: { inHead: true } };
    },
    'b.txt',
  );

  place(
    'that only an evil merge has',
    (r, secret) => {
      r.git('checkout', '--quiet', '-b', 'side');
      r.commit({ 's.txt': 's\n' });
      r.git('checkout', '--quiet', 'main');
      r.commit({ 'm.txt': 'm\n' });
      r.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
      const commit = r.commit({ 's.txt': `s\n${secret}\n` });
      r.commit({ 's.txt': 's\n' });
      return { introduction: { commit }, history: { inHead: false } };
    },
    's.txt',
  );

  place(
    'that only an octopus merge has',
    (r, secret) => {
      for (const name of ['one', 'two', 'three']) {
        r.git('checkout', '--quiet', '-b', name, 'main');
        r.commit({ [`${name}.txt`]: `${name}\n` });
      }
      r.git('checkout', '--quiet', 'main');
      r.git('merge', '--quiet', '--no-edit', 'one', 'two', 'three');
      writeFiles(r.root, { 'two.txt': `two\n${secret}\n` });
      r.git('add', '--all');
      r.git('commit', '--quiet', '--amend', '--no-edit');
      return { introduction: { commit: r.git('rev-parse', 'HEAD') } };
    },
    'two.txt',
  );

  place(
    'in a stash',
    (r, secret) => {
      writeFiles(r.root, { 'a.txt': `one\n${secret}\n` });
      r.git('stash', '--quiet');
      return { introduction: { commit: r.git('rev-parse', 'stash@{0}') }, history: { refs: ['refs/stash'] } };
    },
    'a.txt',
  );

  place(
    'in an untracked file in a stash',
    (r, secret) => {
      writeFiles(r.root, { 'new.txt': secret });
      r.git('stash', '--quiet', '--include-untracked');
      return { introduction: { commit: r.git('rev-parse', 'stash@{0}^3') } };
    },
    'new.txt',
  );

  place('in a note', (r, secret) => {
    r.git('notes', 'add', '--message', secret);
    return {
      introduction: { commit: r.git('rev-parse', 'refs/notes/commits') },
      history: { refs: ['refs/notes/commits'] },
    };
  });

  place(
    'in the message of a tag',
    (r, secret) => {
      r.git('tag', '--annotate', '--message', secret, 'v1');
      return { artifact: { kind: 'tag-message' } };
    },
    'tag/v1/message',
  );

  place('in a blob that is tagged', (r, secret) => {
    writeFiles(r.root, { 'x.txt': secret });
    const blob = r.git('hash-object', '-w', 'x.txt');
    rmSync(join(r.root, 'x.txt'));
    r.git('tag', '--annotate', '--message', 'x', 'v1', blob);
    return { artifact: { kind: 'object', uri: `object/${blob}` } };
  });

  place('in the message of a commit', (r, secret) => {
    const commit = r.commit({}, `title\n\n${secret}`);
    return {
      artifact: { kind: 'commit-message', uri: `commit/${commit}/message` },
      introduction: { commit },
      regions: [{ startLine: 3 }],
    };
  });

  place('in the name of an author', (r, secret) => {
    r.git('commit', '--quiet', '--allow-empty', '-m', 'x', `--author=${secret} <a@example.com>`);
    return { artifact: { kind: 'commit-header' }, introduction: { commit: r.git('rev-parse', 'HEAD') } };
  });

  place('in the name of a ref', (r, secret) => {
    r.git('branch', secret);
    return { artifact: { kind: 'ref-name', uri: 'ref/[MASKED]' } };
  });

  place('in the name of a file, in any folder', (r, secret) => {
    const commit = r.commit({ [`dir/${secret}.txt`]: 'x\n' });
    r.remove(`dir/${secret}.txt`);
    return { artifact: { kind: 'file-name', uri: 'dir/[MASKED].txt' }, introduction: { commit } };
  });

  place(
    'in a commit that nothing leads to',
    (r, secret) => {
      r.git('checkout', '--quiet', '--detach');
      const commit = r.commit({ 'b.txt': secret });
      r.git('checkout', '--quiet', 'main');
      r.git('reflog', 'expire', '--expire=now', '--all');
      return { introduction: { commit }, history: { reachable: false, refs: [] } };
    },
    'b.txt',
  );

  place(
    'in a commit that only a reflog has',
    (r, secret) => {
      const commit = r.commit({ 'b.txt': secret });
      r.git('reset', '--quiet', '--hard', 'HEAD~1');
      return { introduction: { commit }, history: { reachable: false } };
    },
    'b.txt',
  );

  place(
    'that was staged and never committed',
    (r, secret) => {
      writeFiles(r.root, { 'b.txt': `x\n${secret}\n` });
      r.git('add', 'b.txt');
      return { artifact: { kind: 'file' }, regions: [{ startLine: 2 }], history: { reachable: false } };
    },
    'b.txt',
  );

  place('in a blob that nothing leads to', (r, secret) => {
    writeFiles(r.root, { 'x.txt': secret });
    const blob = r.git('hash-object', '-w', 'x.txt');
    rmSync(join(r.root, 'x.txt'));
    return { artifact: { uri: `object/${blob}` }, history: { reachable: false } };
  });

  place(
    'that was cherry-picked: the oldest, and how many',
    (r, secret) => {
      r.git('checkout', '--quiet', '-b', 'side');
      r.commit({ 'b.txt': secret });
      r.git('checkout', '--quiet', 'main');
      r.commit({ 'c.txt': 'x\n' });
      r.git('cherry-pick', 'side');
      return {
        introduction: { commit: expect.stringMatching(/^[0-9a-f]+$/), introductions: 2 },
        history: { refCount: 2, inHead: true },
      };
    },
    'b.txt',
  );

  it('in a submodule: it has a history of its own', async () => {
    const inner = new Repository(format);
    const secret = token();
    const commit = inner.commit({ 'b.txt': secret });
    inner.remove('b.txt');
    const r = new Repository(format);
    r.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    r.commit();
    expect((await sweep(r.root)).findings).toEqual([]);
    expect(of((await sweep(join(r.root, 'sub'))).findings, secret)).toMatchObject([
      { artifact: { uri: 'b.txt' }, introduction: { commit } },
    ]);
  });

  it('in a file that was renamed: under both names', async () => {
    const r = new Repository(format);
    const secret = token();
    const first = r.commit({ 'b.txt': `x\n${secret}\n` });
    renameSync(join(r.root, 'b.txt'), join(r.root, 'c.txt'));
    const second = r.commit();
    const { findings } = await sweep(r.root);
    expect(of(findings, secret)).toMatchObject([
      {
        artifact: { uri: 'b.txt' },
        introduction: { commit: first },
        history: { inHead: false, removed: { commit: second } },
      },
      { artifact: { uri: 'c.txt' }, introduction: { commit: second }, history: { inHead: true } },
    ]);
  });

  it('after a repack, in packs and cruft, from a mirror and a worktree', async () => {
    const r = new Repository(format);
    const [kept, lost] = [token(), token()];
    r.commit({ 'b.txt': lost });
    r.git('reset', '--quiet', '--hard', 'HEAD~1');
    r.commit({ 'c.txt': kept });
    r.git('reflog', 'expire', '--expire=now', '--all');
    const found = (findings: readonly ReportedFinding[]): number[] =>
      [kept, lost].map((secret) => of(findings, secret).length);
    expect(found((await sweep(r.root)).findings)).toEqual([1, 1]);
    r.git('repack', '-q', '-a', '-d', '--cruft');
    expect(found((await sweep(r.root)).findings)).toEqual([1, 1]);
    const tree = join(tempFolder(), 'tree');
    r.git('worktree', 'add', '--quiet', '--detach', tree);
    expect(found((await sweep(tree)).findings)).toEqual([1, 1]);
    const mirror = tempFolder();
    git(mirror, 'clone', '--quiet', '--mirror', r.root, '.');
    expect(found((await sweep(mirror)).findings)).toEqual([1, expect.any(Number)]);
    const borrower = tempFolder();
    git(borrower, 'clone', '--quiet', '--shared', r.root, '.');
    expect(found((await sweep(borrower)).findings)).toEqual([1, 1]);
  });
});

describe('what is reported', () => {
  const three = () => {
    const r = new Repository();
    const secrets = [token(), token(), token()] as const;
    r.commit({ 'b.txt': secrets[0] });
    const mark = r.git('rev-parse', 'HEAD');
    r.git('checkout', '--quiet', '-b', 'topic');
    r.commit({ 'c.txt': secrets[1] });
    r.git('checkout', '--quiet', 'main');
    r.commit({ 'd.txt': secrets[2] });
    return { r, secrets, mark };
  };
  const uris = (findings: readonly ReportedFinding[]): string[] => findings.map(({ artifact }) => artifact.uri);

  it('--refs, --not, --since limit it by introduction', async () => {
    const { r, mark } = three();
    expect(uris((await sweep(r.root)).findings)).toEqual(['b.txt', 'c.txt', 'd.txt']);
    expect(uris((await sweep(r.root, ['--refs', 'topic'])).findings)).toEqual(['b.txt', 'c.txt']);
    expect(uris((await sweep(r.root, ['--not', mark])).findings)).toEqual(['c.txt', 'd.txt']);
    expect(uris((await sweep(r.root, ['--since', mark])).findings)).toEqual(['c.txt', 'd.txt']);
    expect(uris((await sweep(r.root, ['--refs', 'topic', '--not', 'main'])).findings)).toEqual(['c.txt']);
    expect(uris((await sweep(r.root, ['--since', '2030-01-01'])).findings)).toEqual([]);
  });

  it('--refs reports a cherry-pick, though an older commit elsewhere introduced the secret first', async () => {
    const r = new Repository();
    r.git('checkout', '--quiet', '-b', 'side');
    r.commit({ 'b.txt': token() });
    r.git('checkout', '--quiet', '-b', 'release', 'main');
    r.commit({ 'c.txt': 'x\n' });
    r.git('cherry-pick', 'side');
    const picked = r.git('rev-parse', 'HEAD');
    const { findings } = await sweep(r.root, ['--refs', 'release']);
    expect(findings).toMatchObject([{ artifact: { uri: 'b.txt' }, introduction: { commit: picked } }]);
  });

  it('--refs that are like no ref are an error, not a clean report', async () => {
    const { r } = three();
    expect(await glaive(['history', '--refs', 'topik'], { cwd: r.root })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no branch or tag'),
    });
  });

  it('--unreachable=no leaves out what no ref leads to', async () => {
    const r = new Repository();
    r.commit({ 'b.txt': token() });
    r.git('reset', '--quiet', '--hard', 'HEAD~1');
    expect(uris((await sweep(r.root)).findings)).toEqual(['b.txt']);
    expect(uris((await sweep(r.root, ['--unreachable=no'])).findings)).toEqual([]);
  });

  it('--max-blob skips larger blobs, and counts them', async () => {
    const r = new Repository();
    r.commit({ 'big.txt': `${'x\n'.repeat(2000)}${token()}\n`, 'small.txt': token() });
    const { findings, report } = await sweep(r.root, ['--max-blob', '1k']);
    expect(uris(findings)).toEqual(['small.txt']);
    expect(report.counts.skips).toEqual({ 'large-blob': 1 });
  });

  it.each([
    [
      (secret: string) => `https://oauth2:${secret}@gitlab.example.com/group/project.git?x=${secret}`,
      'https://gitlab.example.com/group/project.git',
    ],
    [() => 'git@gitlab.example.com:group/project.git', 'ssh://gitlab.example.com/group/project.git'],
    [(secret: string) => `https://gitlab.example.com/${secret}/x.git`, 'https://gitlab.example.com/[MASKED]/x.git'],
    [() => '/srv/git/project.git', undefined],
  ])('SARIF names the repository, and no credential of its address (%#)', async (remote, uri) => {
    const { r } = three();
    const secret = token();
    r.git('remote', 'add', 'origin', remote(secret));
    const { stdout } = await glaive(['history', '--format', 'sarif'], { cwd: r.root });
    expect(stdout).not.toContain(secret.slice(6));
    const [run] = JSON.parse(stdout).runs;
    expect(run.versionControlProvenance).toEqual(
      uri === undefined
        ? undefined
        : [{ repositoryUri: uri, revisionId: r.git('rev-parse', 'HEAD'), mappedTo: { uriBaseId: '%SRCROOT%' } }],
    );
  });

  it('is the same byte for byte at the next run', async () => {
    const { r } = three();
    const [one, other] = [await historyJson(r.root), await historyJson(r.root)];
    expect(one.stdout).toBe(other.stdout);
  });

  it('bad values are errors', async () => {
    const { r } = three();
    for (const args of [
      ['--since', 'soon'],
      ['--not', 'nothing'],
      ['--max-blob', 'big'],
      ['--unreachable', 'maybe'],
    ])
      expect((await glaive(['history', ...args], { cwd: r.root })).code).toBe(2);
    expect((await glaive(['history'], { cwd: tempFolder() })).stderr).toMatch(/cannot list the objects here/);
  });

  it('a shallow clone: at or before', async () => {
    const { r } = three();
    const shallow = tempFolder();
    git(shallow, 'clone', '--quiet', '--depth=1', `file://${r.root}`, '.');
    const { findings } = await sweep(shallow, ['--shallow-ok']);
    expect(findings.map(({ artifact, introduction }) => [artifact.uri, introduction])).toMatchObject([
      ['b.txt', { atOrBefore: true }],
      ['d.txt', { atOrBefore: true }],
    ]);
  });
});

describe('a prefix before a token that only a later version speaks for', () => {
  it('is one leak, in the reading of HEAD, with the commit that introduced it', async () => {
    const r = new Repository();
    const [one, other] = [token(), token()];
    const commit = r.commit({ 'b.txt': `acme-${one}\n` });
    r.commit({ 'b.txt': `acme-${one}\nacme-${other}\n` });
    const { findings } = await sweep(r.root);
    expect(findings.map(({ artifact }) => artifact.uri)).toEqual(['b.txt', 'b.txt']);
    expect(of(findings, `acme-${one}`)).toMatchObject([{ introduction: { commit }, history: { inHead: true } }]);
    expect(of(findings, `acme-${other}`)).toHaveLength(1);

    const state = ['--state', join(tempFolder(), 'sweep.state')];
    await sweep(r.root, state);
    r.commit({ 'b.txt': `acme-${one}\n` });
    const { report } = await historyJson(r.root, state);
    expect([report.gaps, report.findings.length + (report.counts.known ?? 0)]).toEqual([[], 2]);
  });
});

describe('--state', () => {
  it('the next run scans new objects, reachable or not; after gc, repack and a force push too', async () => {
    const r = new Repository();
    const state = join(tempFolder(), 'sweep.state');
    r.commit({ 'b.txt': token() });
    expect((await sweep(r.root, ['--state', state])).findings).toHaveLength(1);
    const again = await historyJson(r.root, ['--state', state]);
    // Names of refs and the files of git itself are scanned by every run; they are no objects.
    const scanned = async (...args: string[]): Promise<number> =>
      (await historyJson(r.root, args)).report.counts.artifacts;
    const texts = (): number => {
      const types = r.git('cat-file', '--batch-all-objects', '--batch-check=%(objecttype)').split('\n');
      return types.length + types.filter((type) => type === 'commit').length;
    };
    expect(again.report.findings).toEqual([]);
    expect(await scanned()).toBe((await scanned('--state', state)) + texts());
    expect(again.stderr).toMatch(/\d+ objects were scanned by earlier runs/);

    r.git('repack', '-q', '-a', '-d');
    r.git('gc', '--quiet', '--prune=now');
    expect(await scanned()).toBe((await scanned('--state', state)) + texts());
    writeFiles(r.root, { 'x.txt': token() });
    r.git('hash-object', '-w', 'x.txt');
    expect((await historyJson(r.root, ['--state', state])).report.findings).toHaveLength(1);
    r.git('reset', '--quiet', '--hard', 'HEAD~1');
    const pushed = token();
    r.commit({ 'c.txt': pushed });
    expect(of((await historyJson(r.root, ['--state', state])).report.findings, pushed)).toMatchObject([
      { artifact: { uri: 'c.txt' } },
    ]);
  });

  it('a later version of what was found before is not news', async () => {
    const r = new Repository();
    const state = join(tempFolder(), 'sweep.state');
    const secret = token();
    const commit = r.commit({ 'b.txt': `${secret}\n` });
    await sweep(r.root, ['--state', state]);
    r.commit({ 'b.txt': `more\n${secret}\n` });
    const { report } = await historyJson(r.root, ['--state', state]);
    expect(of(report.findings, secret)).toMatchObject([{ introduction: { commit } }]);
  });

  it('what one run leaves out by its limits is not called known in the next', async () => {
    const r = new Repository();
    const state = join(tempFolder(), 'sweep.state');
    r.commit({ 'b.txt': token() });
    await sweep(r.root, ['--state', state, '--since', '2030-01-01']);
    expect(await glaive(['history', '--state', state], { cwd: r.root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/other limits/),
    });
  });

  it('that of another repository, of other rules, or no state at all is refused', async () => {
    const r = new Repository();
    const state = join(tempFolder(), 'sweep.state');
    await sweep(r.root, ['--state', state]);
    const other = new Repository();
    other.commit({}, 'other');
    other.git('checkout', '--quiet', '--orphan', 'fresh');
    other.commit({ 'z.txt': 'z' }, 'fresh');
    other.git('branch', '--quiet', '-D', 'main');
    other.git('reflog', 'expire', '--expire=now', '--all');
    other.git('gc', '--quiet', '--prune=now');
    expect(await glaive(['history', '--state', state], { cwd: other.root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/another repository/),
    });
    writeFiles(r.root, { '.glaive.toml': '[gitlab]\nprefixes = ["acme1-"]\n' });
    expect(await glaive(['history', '--state', state], { cwd: r.root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/other rules/),
    });
    rmSync(join(r.root, '.glaive.toml'));
    writeFiles(r.root, { 'bad.state': 'hello\n' });
    expect(await glaive(['history', '--state', 'bad.state'], { cwd: r.root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not a state/),
    });
  });
});

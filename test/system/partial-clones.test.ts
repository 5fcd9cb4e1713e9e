/**
 * Partial and sparse clones, with hooks in them: a commit of clean content passes whatever the clone lacks, what is new is
 * scanned, and gaps are reported with the path and the way out. Nothing is fetched unless the user asks for it.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRuns, installHooks } from '../support/hooked.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { IS_LONG, some } from '../support/runs.ts';
import { fingerprintOf, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(90_125);
const SERVICES = ['svc0', 'svc1', 'svc2', 'svc3'];

const lines = (name: string, changes: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 30 }, (_, index) => changes[index] ?? `${name} line ${index}`).join('\n');

interface Upstream {
  readonly root: string;
  /** In svc3 since the second commit. */
  readonly known: string;
}

/** Three commits on main, and a branch `topic` from the first. */
function upstream(): Upstream {
  const known = token();
  const root = tempRepository(
    Object.fromEntries(
      SERVICES.flatMap((name) => [
        [`${name}/f.txt`, lines(name)],
        [`${name}/g.txt`, `${name}\n`],
      ]),
    ),
  );
  git(root, 'config', 'uploadpack.allowFilter', 'true');
  git(root, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const commit = (message: string, files: Readonly<Record<string, string>>): void => {
    writeFiles(root, files);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', message);
  };
  git(root, 'branch', 'topic');
  commit(
    'second',
    Object.fromEntries(
      SERVICES.map((name) => [`${name}/f.txt`, lines(name, { 15: `changed ${name === 'svc3' ? known : ''}` })]),
    ),
  );
  commit('third', { 'svc2/f.txt': lines('svc2', { 9: 'again', 15: 'changed ' }) });
  git(root, 'checkout', '--quiet', 'topic');
  commit('topic', {
    'svc0/f.txt': lines('svc0', { 15: 'otherwise' }),
    'svc2/f.txt': lines('svc2', { 25: 'topic' }),
    'svc1/new.txt': 'new\n',
  });
  git(root, 'mv', 'svc1/g.txt', 'svc1/h.txt');
  commit('moved', {});
  git(root, 'checkout', '--quiet', 'main');
  return { root, known };
}

/** svc0 is checked out, if anything is. */
function clone(root: string, filter = 'blob:none', isSparse = true): string {
  const into = join(tempFolder(), 'clone');
  git(root, 'clone', '--quiet', `--filter=${filter}`, '--no-checkout', `file://${root}`, into);
  if (isSparse) {
    git(into, 'sparse-checkout', 'set', 'svc0');
    git(into, 'checkout', '--quiet');
  }
  return into;
}

/** What is not here, and was not fetched. */
function lacking(root: string): number {
  return (
    git(root, 'rev-list', '--objects', '--all', '--indexed-objects', '--missing=print').match(/^\?/gm)?.length ?? 0
  );
}

describe('commits in a sparse clone', () => {
  const changes: Readonly<Record<string, (root: string) => void>> = {
    'what is outside is removed': (root) => void git(root, 'rm', '--quiet', '--cached', '--sparse', '-r', 'svc3'),
    'a commit outside is reverted': (root) => void git(root, 'revert', '--no-commit', 'HEAD'),
    'a commit outside is reverted in part, and something is added': (root) => {
      git(root, 'revert', '--no-commit', 'HEAD~1');
      writeFiles(root, { 'svc0/own.txt': 'own\n' });
      git(root, 'add', 'svc0/own.txt');
    },
    'a merge with a conflict inside': (root) => {
      expect(() => git(root, 'merge', 'origin/topic')).toThrow();
      writeFiles(root, { 'svc0/f.txt': lines('svc0', { 15: 'both' }) });
      git(root, 'add', 'svc0/f.txt');
    },
    'a merge that is not committed at once': (root) => {
      git(root, 'merge', '--quiet', '--no-commit', '-s', 'ours', 'origin/topic');
    },
    'a file outside is moved': (root) => {
      const blob = git(root, 'rev-parse', ':svc2/f.txt').trim();
      git(root, 'update-index', '--add', '--cacheinfo', `100644,${blob},svc2/moved.txt`);
      git(root, 'update-index', '--force-remove', 'svc2/f.txt');
    },
    'a file outside is replaced': (root) => {
      writeFiles(root, { 'svc0/own.txt': lines('own') });
      const blob = git(root, 'hash-object', '-w', 'svc0/own.txt').trim();
      git(root, 'update-index', '--cacheinfo', `100644,${blob},svc3/f.txt`);
    },
    'files outside are removed, and others come inside': (root) => {
      git(root, 'rm', '--quiet', '--cached', '--sparse', '-r', 'svc1', 'svc2');
      writeFiles(root, { 'svc0/own.txt': lines('own'), 'svc0/f.txt': lines('svc0', { 2: 'edited', 15: 'changed ' }) });
      git(root, 'add', 'svc0');
    },
  };
  it.each(some(Object.keys(changes), 5))('%s: clean content passes, and nothing is fetched', async (what) => {
    const { root } = upstream();
    const into = clone(root);
    await installHooks(into);
    changes[what]!(into);
    const before = lacking(into);
    expect(before).toBeGreaterThan(0);
    const ran = await glaive(['hook', 'run', 'pre-commit'], { cwd: into });
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toBe(what.includes('reverted') ? ran.stderr : '');
    if (what.includes('reverted'))
      expect(ran.stderr).toMatch(/note: \d files? that this revert or cherry-pick restores (?:was|were) not scanned/);
    expect(lacking(into)).toBe(before);
    expect(await gitRuns(into, ['commit', '--message', 'x'])).toMatchObject({ code: 0, made: true });
  });

  it.each(some(Object.keys(changes), 4))('%s: a leak with it is stopped', async (what) => {
    const { root } = upstream();
    const into = clone(root);
    await installHooks(into);
    changes[what]!(into);
    writeFiles(into, { 'svc0/leak.txt': `token = "${token()}"\n` });
    git(into, 'add', 'svc0/leak.txt');
    const { code, made, stdout, stderr } = await gitRuns(into, ['commit', '--message', 'x']);
    expect([code, made]).toEqual([1, false]);
    expect(stdout + stderr).toContain('svc0/leak.txt');
  });

  it('what takes the place of a version that is not here counts whole, and that is noted', async () => {
    const { root, known } = upstream();
    const into = clone(root);
    writeFiles(into, { own: lines('svc3', { 2: 'edited', 15: `changed ${known}` }) });
    const blob = git(into, 'hash-object', '-w', 'own').trim();
    git(into, 'update-index', '--cacheinfo', `100644,${blob},svc3/f.txt`);
    const { code, stdout, stderr } = await glaive(['staged', '--format', 'json'], { cwd: into });
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as ScanReport).findings.map(({ secretFingerprint }) => secretFingerprint)).toEqual([
      fingerprintOf(known),
    ]);
    expect(stderr).toMatch(/note: .*not in this partial clone, so everything in those files counts as added/);
  });

  it('a new object that is not here is reported, with the path and the command that helps', async () => {
    const { root } = upstream();
    const into = clone(root);
    git(into, 'read-tree', '-m', 'origin/topic');
    const ran = await glaive(['staged'], { cwd: into });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/svc2\/f\.txt: this is a partial clone, and does not have this version/);
    expect(ran.stderr).not.toMatch(/svc1\/h\.txt/);
    const commands = [...ran.stderr.matchAll(/Fetch it, then try again: (git cat-file -e [0-9a-f]+)/g)];
    for (const [, command] of commands) git(into, ...command!.split(' ').slice(1));
    expect(await glaive(['staged'], { cwd: into })).toMatchObject({ code: 0, stderr: '' });
  });

  it('a merge of commits that the other side has adds nothing', async () => {
    const { root, known } = upstream();
    const into = clone(root);
    git(into, 'reset', '--quiet', '--hard', 'origin/topic');
    // svc3 comes from main with its leak; svc0 is in conflict.
    expect(() => git(into, 'merge', 'origin/main')).toThrow();
    writeFiles(into, { 'svc0/f.txt': lines('svc0', { 15: 'both' }) });
    git(into, 'add', 'svc0/f.txt');
    expect(await glaive(['staged'], { cwd: into })).toMatchObject({ code: 0, stdout: '' });
    writeFiles(into, { 'svc0/f.txt': lines('svc0', { 15: `both ${known}` }) });
    git(into, 'add', 'svc0/f.txt');
    expect(await glaive(['staged'], { cwd: into })).toMatchObject({ code: 1 });
  });
});

it('a scan where a .gitignore is not here scans ignored files too, and says so', async () => {
  const { root } = upstream();
  writeFiles(root, { 'svc1/.gitignore': '*.log\n' });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'ignored');
  const into = clone(root);
  const found = { 'svc1/a.log': token(), 'svc1/b.txt': token() };
  writeFiles(into, Object.fromEntries(Object.entries(found).map(([path, each]) => [path, `token = "${each}"\n`])));
  const { code, stdout, stderr } = await glaive(['scan', '--format', 'json'], { cwd: into });
  expect([code, stderr]).toEqual([1, expect.stringContaining('note: ')]);
  expect(stderr).toContain('ignored files were scanned too');
  const report = JSON.parse(stdout) as ScanReport;
  expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(Object.keys(found));
});

it('a push from a sparse clone', async () => {
  const { root } = upstream();
  const into = clone(root);
  const push = (): Promise<Ran> => {
    const [head, base] = git(into, 'rev-parse', 'HEAD', 'origin/main').split('\n');
    const input = `refs/heads/main ${head} refs/heads/main ${base}\n`;
    return glaive(['hook', 'run', 'pre-push', 'origin', `file://${root}`], { cwd: into, input });
  };
  git(into, 'merge', '--quiet', '-s', 'ours', '-m', 'x', 'origin/topic');
  git(into, 'rm', '--quiet', '--cached', '--sparse', '-r', 'svc3');
  git(into, 'commit', '--quiet', '--message', 'without');
  expect(await push()).toMatchObject({ code: 0, stderr: '' });
  // As a merge or a rebase by objects does it: git itself fetches nothing for it.
  const blob = git(into, 'rev-parse', 'origin/topic:svc2/f.txt').trim();
  git(into, 'update-index', '--cacheinfo', `100644,${blob},svc2/f.txt`);
  const tree = git(into, 'write-tree', '--missing-ok').trim();
  git(into, 'update-ref', 'HEAD', git(into, 'commit-tree', '-m', 'x', '-p', 'HEAD', tree).trim());
  const said = await push();
  expect(said.code).toBe(2);
  expect(said.stderr).toMatch(/svc2\/f\.txt: this is a partial clone[^]*glaive diff --fetch/);
  expect(await glaive(['diff', '--fetch', 'origin/main..HEAD'], { cwd: into })).toMatchObject({ code: 0 });
  expect(await push()).toMatchObject({ code: 0, stderr: '' });
});

describe.each(['blob:none', 'tree:0', 'blob:limit=1'])('glaive diff in a clone made with --filter=%s', (filter) => {
  it('says what it lacks, and with --fetch finds what a whole clone would', async () => {
    const { root, known } = upstream();
    writeFiles(root, {
      '.glaive.toml': '[scan]\nexclude = ["svc1/"]\n',
      'svc1/excluded.txt': `token = "${token()}"\n`,
    });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'configured');
    writeFiles(root, { 'svc1/more.txt': `token = "${token()}"\n` });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'more');
    const ranges = ['origin/main~4..origin/main', 'origin/main~1..origin/main', 'origin/topic..origin/main'];
    for (const range of filter === 'tree:0' ? ranges : some(ranges, 1)) {
      const into = clone(root, filter, false);
      const without = await glaive(['diff', range], { cwd: into });
      expect(without.code).toBe(2);
      expect(without.stderr).toMatch(/partial clone[^]*--fetch/);
      expect(without.stderr).not.toMatch(/internal error|damaged|Mend/);
      const whole = join(tempFolder(), 'whole');
      git(root, 'clone', '--quiet', '--no-checkout', `file://${root}`, whole);
      const [fetched, expected] = await Promise.all(
        [into, whole].map((cwd) => glaive(['diff', '--fetch', '--format', 'json', range], { cwd })),
      );
      expect(fetched!.stderr).toBe(expected!.stderr);
      expect(fetched!.code).toBe(expected!.code);
      const findings = ({ stdout }: Ran) => (JSON.parse(stdout) as ScanReport).findings;
      expect(findings(fetched!)).toEqual(findings(expected!));
      if (range.includes('~4'))
        expect(findings(fetched!).map((each) => each.secretFingerprint)).toContain(fingerprintOf(known));
    }
  });
});

it('one batch fetches what a range needs, however many files it changes', async () => {
  const root = tempRepository(
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}.txt`, lines(`f${index}`)])),
  );
  git(root, 'config', 'uploadpack.allowFilter', 'true');
  git(root, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  for (let round = 0; round < 3; round++) {
    writeFiles(
      root,
      Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`f${index}.txt`, lines(`f${index}`, { 3: `${round}` })]),
      ),
    );
    git(root, 'commit', '--quiet', '--all', '--message', `${round}`);
  }
  for (const filter of ['blob:none', 'tree:0']) {
    const into = clone(root, filter, false);
    const packs = (): number => Number(/^packs: (\d+)$/m.exec(git(into, 'count-objects', '-v'))?.[1]);
    const before = packs();
    expect(await glaive(['diff', '--fetch', 'origin/main~3..origin/main'], { cwd: into })).toMatchObject({ code: 0 });
    // Loose objects are what a small batch is unpacked to.
    expect(packs() - before).toBeLessThanOrEqual(2);
  }
});

it.each(['blob:none', 'tree:0'])(
  'glaive history --fetch in a clone made with --filter=%s finds what a whole clone would',
  async (filter) => {
    const { root, known } = upstream();
    const into = clone(root, filter);
    expect(await glaive(['history'], { cwd: into })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--fetch'),
    });
    const whole = join(tempFolder(), 'whole');
    git(root, 'clone', '--quiet', `file://${root}`, whole);
    const [fetched, expected] = await Promise.all(
      [into, whole].map((cwd) => glaive(['history', '--fetch', '--format', 'json'], { cwd })),
    );
    expect(fetched!.code).toBe(1);
    const findings = ({ stdout }: Ran) => (JSON.parse(stdout) as ScanReport).findings;
    expect(findings(fetched!)).toEqual(findings(expected!));
    expect(findings(fetched!).map((each) => each.secretFingerprint)).toContain(fingerprintOf(known));
    expect(lacking(into)).toBe(0);
  },
);

it('glaive history --fetch makes a shallow clone whole, and a partial one', async () => {
  const { root, known } = upstream();
  for (const how of [[], ['--filter=blob:none'], ['--filter=tree:0']]) {
    const into = join(tempFolder(), 'clone');
    git(root, 'clone', '--quiet', '--depth=1', '--no-checkout', ...how, `file://${root}`, into);
    const ran = await glaive(['history', '--fetch', '--format', 'json'], { cwd: into });
    expect([how, ran.code, ran.stderr]).toEqual([how, 1, '']);
    expect(ran.stdout).toContain(fingerprintOf(known));
  }
});

describe('a remote that is gone', () => {
  it('is reported, and nothing is called clean', async () => {
    const { root } = upstream();
    const into = clone(root, 'blob:none', false);
    git(into, 'config', 'remote.origin.url', `file://${join(root, 'nowhere')}`);
    const ran = await glaive(['diff', '--fetch', 'origin/main~2..origin/main'], { cwd: into });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/git could not fetch the objects that this partial clone lacks/);
    expect(ran.stderr).not.toContain('internal error');
    const all = await glaive(['history', '--fetch'], { cwd: into });
    expect(all).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('could not fetch what this clone lacks'),
    });
  });
});

it.each(['blob:none', 'tree:0'])(
  'no command takes a clone made with --filter=%s for a bug or for damage',
  async (filter) => {
    const { root } = upstream();
    // Sparse without files in the short run, and whole without trees.
    for (const isSparse of IS_LONG ? [true, false] : [filter === 'blob:none']) {
      const into = clone(root, filter, isSparse);
      const head = git(into, 'rev-parse', 'HEAD').trim();
      const calls: readonly (readonly [readonly string[], string?])[] = [
        [['scan']],
        [['staged']],
        [['diff', 'HEAD~2..HEAD']],
        [['history']],
        [['history', '--reader', 'pack']],
        [['history', '--since', 'HEAD~1']],
        [['baseline', '--output', 'known.txt']],
        [['hook', 'run', 'pre-commit']],
        [
          ['hook', 'run', 'pre-push', 'elsewhere', 'url'],
          `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`,
        ],
        [['hook', 'run', 'pre-receive'], `${'0'.repeat(40)} ${head} refs/heads/new\n`],
        [['hook', 'install']],
      ];
      for (const [args, input] of calls) {
        const before = lacking(into);
        const ran = await glaive(args, { cwd: into, ...(input === undefined ? {} : { input }) });
        expect(ran.stderr, args.join(' ')).not.toMatch(/internal error|Check the repository|lazy fetching/);
        expect([0, 1, 2], args.join(' ')).toContain(ran.code);
        if (ran.code === 2) expect(ran.stderr).toMatch(/partial clone/);
        expect(lacking(into), args.join(' ')).toBe(before);
      }
      expect(existsSync(join(into, '.git', 'FETCH_HEAD'))).toBe(false);
    }
  },
);

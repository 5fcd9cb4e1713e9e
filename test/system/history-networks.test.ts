/** Forks: what another sweep knows is left out, and each fork lists exactly what a sweep of it alone lists. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hexIds, idsOf, idsOfBoth, noIds } from '../../src/git/id-sets.ts';
import type { SortedIds } from '../../src/git/sorted-ids.ts';
import { suspectsOf } from '../../src/history/pool.ts';
import { cleanIdsOf, type HistoryState } from '../../src/history/state.ts';
import { activeFindings } from '../../src/model/report.ts';
import { zip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { runs, seeds } from '../support/runs.ts';
import { fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { listedIn, sweep } from '../support/sweep.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const SEEDS = seeds({ fast: 1, long: 20 });

/** Adds commits of all kinds, some of them with a leak somewhere. */
function grow(root: string, random: Random, token: () => string, count: number): void {
  for (let at = 0; at < count; at++) {
    const name = `${random.below(6)}.txt`;
    const kind = random.below(9);
    const files: Record<string, string | Buffer> = { [name]: `${random.below(1e6)}\n` };
    if (kind === 0) files[name] = `x ${token()}\n`;
    if (kind === 1) files[`${token()}.txt`] = 'x';
    if (kind === 2) files['a.zip'] = zip([{ name: 'b', content: Buffer.from(`${random.below(1e6)}`) }]);
    // Accepted in the text, so no finding that counts; and too large for the limit.
    if (kind === 3) files[name] = `${token()} # glaive:allow a fixture\n`;
    if (kind === 4) files['large.bin'] = `${random.below(1e6)}${'-'.repeat(3000)}${token()}`;
    writeFiles(root, files);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', kind === 5 ? `say ${token()}` : 'x');
    if (kind === 6) git(root, 'tag', '--annotate', '--message', token(), `t${random.below(1e9)}`);
    if (kind === 7) git(root, 'branch', '--force', `b${random.below(2)}`, 'HEAD~0');
  }
}

function bare(from: string, to: string, ...flags: string[]): string {
  mkdirSync(dirname(to), { recursive: true });
  git(from, 'clone', '--quiet', '--bare', ...flags, from, to);
  // Written by clone, with a path that differs from fork to fork.
  git(to, 'remote', 'remove', 'origin');
  return to;
}

/** A pool with the objects of a base, as members borrow them, and forks that go on from it. */
function poolWithForks(random: Random, token: () => string) {
  const storage = tempFolder();
  const base = tempRepository({ 'a.txt': 'x\n' });
  grow(base, random, token, 8);
  const pool = bare(base, join(storage, '@pools', 'a.git'));
  // The refs of a pool are those of its members.
  const forks = [0, 1, 2].map((index) => {
    const work = join(tempFolder(), 'work');
    git(base, 'clone', '--quiet', base, work);
    git(work, 'reset', '--quiet', '--hard', `HEAD~${index}`);
    grow(work, random, token, random.below(4));
    const fork = join(storage, '@hashed', `${index}.git`);
    git(work, 'init', '--quiet', '--bare', fork);
    writeFileSync(join(fork, 'objects', 'info', 'alternates'), '../../../@pools/a.git/objects\n');
    git(work, 'push', '--quiet', fork, 'HEAD:refs/heads/main');
    if (index === 1) git(fork, 'repack', '-adlq');
    return fork;
  });
  return { storage, pool, forks };
}

const LIMITS = ['--max-blob', '3000'];
const counted = ({ counts }: { readonly counts: { readonly skips: object } }): object => counts.skips;

describe('a sibling with what others know', () => {
  it.each(SEEDS)('lists what a sweep from nothing lists, and leaves the same state (seed %i)', async (seed) => {
    const [random, token] = [new Random(seed), tokenMint(seed)];
    const base = tempRepository({ 'a.txt': 'x\n' });
    grow(base, random, token, 10);
    let known: SortedIds = noIds();
    for (let index = 0; index < runs({ fast: 2, long: 3 }); index++) {
      const work = join(tempFolder(), 'work');
      git(base, 'clone', '--quiet', base, work);
      grow(work, random, token, index * 2);
      const fork = bare(work, join(tempFolder(), 'fork.git'));
      const alone = await sweep(fork, { args: LIMITS });
      const seeded = await sweep(fork, { args: LIMITS, known });
      expect(listedIn(seeded.report)).toEqual(listedIn(alone.report));
      expect([seeded.code, seeded.report.gaps]).toEqual([alone.code, []]);
      expect(counted(seeded.report)).toEqual(counted(alone.report));
      expect(sets(seeded.next!.state)).toEqual(sets(alone.next!.state));
      if (index > 0) expect(seeded.report.counts.artifacts).toBeLessThan(alone.report.counts.artifacts);
      known = idsOfBoth(known, cleanIdsOf(seeded.next!.state));
    }
  });

  it('knows nothing of what was left out, found or not read', async () => {
    const token = tokenMint(2714);
    const root = tempRepository({ 'a.txt': token(), 'b.bin': '-'.repeat(4000), 'c.txt': 'x' });
    writeFiles(root, {
      'd.zip': zip([{ name: 'x', content: Buffer.from('x') }]),
      'e.txt': `${token()} # glaive:allow x`,
    });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', token());
    const { next } = await sweep(root, { args: LIMITS });
    const clean = new Set(hexIds(cleanIdsOf(next!.state)));
    const isClean = (name: string): boolean => clean.has(git(root, 'rev-parse', name).trim());
    expect(['HEAD:a.txt', 'HEAD:b.bin', 'HEAD:d.zip', 'HEAD:e.txt', 'HEAD'].filter(isClean)).toEqual([]);
    expect(['HEAD:c.txt', 'HEAD^{tree}', 'HEAD~1'].filter((name) => !isClean(name))).toEqual([]);
  });
});

const sets = ({ ids, suspects, skipped }: HistoryState): string[][] => [ids, suspects, skipped].map(hexIds);

describe('a member of an object pool', () => {
  it.each(SEEDS)('lists what its own refs lead to, as if it had all objects itself (seed %i)', async (seed) => {
    const { storage, pool, forks } = poolWithForks(new Random(seed), tokenMint(seed));
    const { state } = (await sweep(pool, { args: LIMITS })).next!;
    const own = { storage, suspects: suspectsOf(state), complete: state.tips };
    for (const fork of forks) {
      // A clone through a protocol has what refs lead to, and nothing else.
      const alone = join(tempFolder(), 'alone.git');
      git(fork, 'clone', '--quiet', '--mirror', `file://${fork}`, alone);
      git(alone, 'remote', 'remove', 'origin');
      const truth = await sweep(alone, { args: LIMITS });
      const member = await sweep(fork, { args: LIMITS, own });
      expect([member.code, member.report.gaps]).toEqual([truth.code, []]);
      expect(listedIn(member.report)).toEqual(listedIn(truth.report));
      const again = await sweep(fork, { args: LIMITS, own, before: member.next!.state });
      expect([again.report.findings, again.next!.isSame, again.report.gaps]).toEqual([[], true, []]);
      expect(again.report.known?.length ?? 0).toBe(activeFindings(member.report).length);
    }
  });

  it('scans only its own objects, also those that no ref leads to', async () => {
    const token = tokenMint(2715);
    const { storage, pool, forks } = poolWithForks(new Random(2715), () => 'nothing');
    const [fork] = forks as [string];
    const { state } = (await sweep(pool)).next!;
    const mine = token();
    writeFiles(storage, { 'loose.txt': mine });
    const id = git(fork, 'hash-object', '-w', join(storage, 'loose.txt')).trim();
    const { report, next } = await sweep(fork, { own: { storage, suspects: noIds(), complete: state.tips } });
    expect(report.findings.map(({ artifact, secretFingerprint }) => [artifact.uri, secretFingerprint])).toEqual([
      [`object/${id}`, fingerprintOf(mine)],
    ]);
    expect(next!.state.ids.length).toBeLessThan(state.ids.length);
  });

  it('lists a leak of its pool as soon as a ref leads to it, and not before', async () => {
    const token = tokenMint(2716);
    const storage = tempFolder();
    const base = tempRepository({ 'a.txt': 'x\n' });
    const leak = token();
    writeFiles(base, { 'b.txt': leak });
    git(base, 'add', '--all');
    git(base, 'commit', '--quiet', '--message', 'x');
    const pool = bare(base, join(storage, 'pool.git'));
    const fork = bare(pool, join(storage, 'fork.git'), '--shared');
    const tip = git(fork, 'rev-parse', 'main').trim();
    git(fork, 'update-ref', 'refs/heads/main', 'main~1');
    const { state } = (await sweep(pool)).next!;
    const own = { storage, suspects: suspectsOf(state), complete: state.tips };
    const first = await sweep(fork, { own });
    expect([first.code, first.report.findings]).toEqual([0, []]);
    const second = await sweep(fork, { own, before: first.next!.state });
    expect([second.code, second.next!.isSame]).toEqual([0, true]);
    git(fork, 'update-ref', 'refs/heads/main', tip);
    const third = await sweep(fork, { own, before: second.next!.state });
    expect(third.report.findings.map(({ artifact, history }) => [artifact.uri, history?.reachable])).toEqual([
      ['b.txt', true],
    ]);
    const fourth = await sweep(fork, { own, before: third.next!.state });
    expect([fourth.code, fourth.report.findings, fourth.report.known?.length]).toEqual([1, [], 1]);
  });

  it.each([
    ['outside', '/proc/self/cwd/objects\n', /objects are outside of/],
    ['above', '../../../../elsewhere/objects\n', /objects are outside of/],
    ['in quotes', '"../../a.git/objects"\n', /cannot read/],
  ])('whose objects are elsewhere is refused: %s', async (_name, alternates, message) => {
    const storage = tempFolder();
    const fork = bare(tempRepository({ 'a.txt': 'x' }), join(storage, 'a.git'));
    writeFileSync(join(fork, 'objects', 'info', 'alternates'), alternates);
    await expect(sweep(fork, { own: { storage, suspects: idsOf([]) } })).rejects.toThrow(message);
  });
});

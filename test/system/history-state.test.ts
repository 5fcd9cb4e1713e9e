/** `glaive history --state`: what an earlier run knew stays true, whatever became of the repository since. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { fingerprintOf, historyJson, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(73);
const newState = (): string => join(tempFolder(), 'sweep.state');

function commit(root: string, files: Readonly<Record<string, string>>, message = 'x'): void {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', message);
}

function prune(root: string): void {
  // Git keeps the message of the last commit in a file of its own.
  rmSync(join(root, '.git', 'COMMIT_EDITMSG'), { force: true });
  git(root, 'reflog', 'expire', '--expire=now', '--all');
  git(root, 'gc', '--quiet', '--prune=now');
}

const active = ({ findings }: ScanReport) => findings.filter(({ suppressions = [] }) => suppressions.length === 0);

describe('known leaks', () => {
  it('are counted, said, and make the exit code 1 until they are gone or accepted; --only-new is for what is new', async () => {
    const [kept, gone] = [token(), token()];
    const root = tempRepository({ 'a.txt': kept });
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commit(root, { 'b.txt': gone }, `and in a message: ${gone}`);
    git(root, 'checkout', '--quiet', 'main');
    const state = ['--state', newState()];
    expect((await historyJson(root, state)).report.counts.findings).toBe(3);

    const again = await glaive(['history', ...state], { cwd: root });
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/^no new GitLab credentials found in .*; 3 known leaks remain/);
    expect(again.stderr).toContain('3 leaks that earlier runs reported remain');
    expect((await historyJson(root, state)).report.counts).toMatchObject({ findings: 0, known: 3 });
    expect((await glaive(['history', ...state, '--only-new'], { cwd: root })).code).toBe(0);
    expect((await glaive(['history', ...state, '--exit-zero'], { cwd: root })).code).toBe(0);

    git(root, 'branch', '--quiet', '-D', 'topic');
    prune(root);
    expect((await historyJson(root, state)).report.counts).toMatchObject({ findings: 0, known: 1 });
    await glaive(['accept', fingerprintOf(kept), '--reason', 'revoked'], { cwd: root });
    const clean = await historyJson(root, state);
    expect([clean.code, clean.report.counts.known]).toEqual([0, undefined]);
  });

  it('a new leak is listed next to them', async () => {
    const root = tempRepository({ 'a.txt': token() });
    const state = ['--state', newState()];
    await historyJson(root, state);
    const fresh = token();
    commit(root, { 'c.txt': fresh });
    const { code, report } = await historyJson(root, [...state, '--only-new']);
    expect([code, report.counts.known]).toEqual([1, 1]);
    expect(active(report).map(({ secretFingerprint }) => secretFingerprint)).toEqual([fingerprintOf(fresh)]);
  });

  it('what a comment in the text accepts does not count later either', async () => {
    const root = tempRepository({ 'a.txt': `${token()} # glaive:allow a fixture\n` });
    const state = ['--state', newState()];
    expect((await historyJson(root, state)).code).toBe(0);
    expect((await historyJson(root, state)).code).toBe(0);
  });

  it('--only-new without --state is an error', async () => {
    const { code, stderr } = await glaive(['history', '--only-new'], { cwd: tempRepository({ a: 'x' }) });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--state')]);
  });
});

describe('a repository that was changed', () => {
  it('force push and gc --prune=now: the next runs are as if nothing had happened', async () => {
    const root = tempRepository({ 'a.txt': '1' });
    for (const text of ['2', '3']) commit(root, { 'a.txt': text });
    const state = ['--state', newState()];
    await historyJson(root, state);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    const fresh = token();
    commit(root, { 'g.txt': fresh });
    prune(root);
    const { code, report, stderr } = await historyJson(root, state);
    expect([code, report.gaps, active(report).length], stderr).toEqual([1, [], 1]);
    expect((await historyJson(root, [...state, '--only-new'])).code).toBe(0);
  });

  it('a history that was rewritten whole, in the same place, is scanned whole', async () => {
    const root = tempRepository({ 'a.txt': token() });
    const state = ['--state', newState()];
    await historyJson(root, state);
    git(root, 'checkout', '--quiet', '--orphan', 'fresh');
    git(root, 'rm', '--quiet', '-rf', '.');
    const fresh = token();
    commit(root, { 'z.txt': fresh });
    git(root, 'branch', '--quiet', '-D', 'main');
    prune(root);
    const { code, report } = await historyJson(root, state);
    expect([code, report.gaps, report.counts.known]).toEqual([1, [], undefined]);
    expect(active(report).map(({ secretFingerprint }) => secretFingerprint)).toEqual([fingerprintOf(fresh)]);
  });

  it.each([
    ['said to be enough', ['--shallow-ok'], 1],
    ['a gap', [], 2],
  ])('a clone that is deepened keeps its state, and only what is new is listed: %s', async (_, flags, expected) => {
    const old = token();
    const origin = tempRepository({ 'old.txt': old });
    git(origin, 'rm', '--quiet', 'old.txt');
    for (const text of ['1', '2', '3', '4']) commit(origin, { 'a.txt': text });
    const recent = token();
    commit(origin, { 'b.txt': recent });
    const clone = join(tempFolder(), 'clone');
    git(origin, 'clone', '--quiet', '--depth', '2', `file://${origin}`, clone);
    const state = ['--state', newState()];
    const prints = (report: ScanReport): string[] => active(report).map(({ secretFingerprint }) => secretFingerprint);
    const first = await historyJson(clone, [...state, ...flags]);
    expect([first.code, prints(first.report)]).toEqual([expected, [fingerprintOf(recent)]]);
    git(clone, 'fetch', '--quiet', '--unshallow');
    const { code, report } = await historyJson(clone, state);
    expect([code, report.gaps, report.counts.known]).toEqual([1, [], 1]);
    expect(prints(report)).toEqual([fingerprintOf(old)]);
    expect((await historyJson(clone, state)).report.counts).toMatchObject({ findings: 0, known: 2 });
  });

  it.each(some([1, 2, 3], 1))(
    'new and known leaks together are those of a run without a state (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const root = tempRepository({ 'a.txt': 'x\n' });
      const state = ['--state', newState()];
      let name = 0;
      const steps: Record<string, () => void> = {
        leak: () => commit(root, { [`f${random.between(0, 3)}.txt`]: `${token()}\n` }),
        message: () => commit(root, { [`m${name++}.txt`]: 'x' }, `say ${token()}`),
        edit: () => commit(root, { [`f${random.between(0, 3)}.txt`]: `n${name++}\n` }),
        back: () => git(root, 'reset', '--quiet', '--hard', random.pick(['HEAD~1', 'HEAD'])),
        branch: () => git(root, 'branch', '--force', `b${random.between(0, 1)}`),
        tag: () => git(root, 'tag', '--annotate', '--message', token(), `t${name++}`),
        prune: () => prune(root),
        accept: () => undefined,
      };
      for (let round = 0; round < 5; round++) {
        for (let step = 0; step < 3; step++) {
          if (Number(git(root, 'rev-list', '--count', 'HEAD').trim()) < 2) steps['leak']!();
          steps[random.pick(Object.keys(steps))]!();
        }
        const { report: whole, code: wholeCode } = await historyJson(root);
        const { report, code } = await historyJson(root, state);
        expect([report.gaps, whole.gaps]).toEqual([[], []]);
        const places = new Set(
          active(whole).map(({ secretFingerprint, artifact }) => `${secretFingerprint} ${artifact.uri}`),
        );
        expect([code, active(report).length + (report.counts.known ?? 0)]).toEqual([wholeCode, places.size]);
      }
    },
  );
});

/** A sweep that is cut short keeps what it has scanned: the next one goes on from there, and one of them is whole. */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runs, some } from '../support/runs.ts';
import { hexIds } from '../../src/git/id-sets.ts';
import type { HistoryState } from '../../src/history/state.ts';
import { withFakeGit } from '../support/fake-git.ts';
import { grownRepository } from '../support/grown-repository.ts';
import { glaive } from '../support/run-cli.ts';
import { startGlaive, until } from '../support/run-program.ts';
import { fingerprintOf, historyJson, parseReport, tokenMint } from '../support/scan-report.ts';
import { listedIn, sweep } from '../support/sweep.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

/** A signal that fires after so many turns of the event loop: a limit of time that no busy machine changes much. */
function afterTurns(turns: number): AbortSignal {
  const limit = new AbortController();
  const next = (left: number): void => {
    if (left === 0) limit.abort('the time limit of 1 s was reached');
    else setImmediate(() => next(left - 1));
  };
  next(turns);
  return limit.signal;
}

/** A state without the order in which things were found. */
const contentOf = ({ ids, suspects, skipped, found, leaks, ...rest }: HistoryState): object => ({
  ...rest,
  ids: hexIds(ids),
  suspects: hexIds(suspects),
  skipped: hexIds(skipped),
  found: [...found].map(([blob, secrets]) => [blob, ...secrets].join()).toSorted(),
  leaks: leaks.map((leak) => JSON.stringify(leak)).toSorted(),
});

/** A git that never answers a certain call, and a limit that comes soon after that call. */
function hangingAt(what: string): { readonly env: Record<string, string>; readonly signal: AbortSignal } {
  const stuck = join(tempFolder(), 'stuck');
  const limit = new AbortController();
  const poll = setInterval(() => {
    if (!existsSync(stuck)) return;
    clearInterval(poll);
    limit.abort('the time limit of 1 s was reached');
  }, 20);
  const script = `case "$*" in *'${what}'*) : > '${stuck}'; exec sleep 100;; esac\nexec "$REAL_GIT" "$@"`;
  return { env: withFakeGit(script), signal: limit.signal };
}

describe('repeated sweeps with a limit', () => {
  const READERS = [
    ['by git', ['--reader', 'git'], 'one-file'],
    ['packs, read by one thread', ['--reader', 'pack', '--threads', '1'], 'own-files'],
    ['packs, read by two threads', ['--reader', 'pack', '--threads', '2'], 'versions'],
  ] as const;

  it.each(some(READERS, 2))(
    'end, and list in the end what one without a limit lists: %s',
    async (_name, args, leaksIn) => {
      const { root, tokens } = grownRepository(2707, {
        commits: runs({ fast: 300, long: 400 }),
        leaks: 12,
        files: 3,
        leaksIn,
      });
      const known = new Set(tokens.map(fingerprintOf));
      const truth = await sweep(root, { args });
      let before: HistoryState | undefined;
      let cuts = 0;
      for (let turns = 40, round = 0; ; round++) {
        expect(round).toBeLessThan(100);
        const { report, code, next, earlier = 0 } = await sweep(root, { args, before, signal: afterTurns(turns) });
        for (const { secretFingerprint } of report.findings) expect(known.has(secretFingerprint)).toBe(true);
        if (code !== 2) {
          expect(listedIn(report)).toEqual(listedIn(truth.report));
          expect(hexIds(next!.state.ids)).toEqual(hexIds(truth.next!.state.ids));
          expect(hexIds(next!.state.suspects)).toEqual(hexIds(truth.next!.state.suspects));
          break;
        }
        expect(report.gaps.map(({ kind }) => kind)).toEqual(['time-limit']);
        const scanned = next?.state.ids.length ?? 0;
        // What was found is listed again by the sweep that ends, with its commits.
        expect(next?.state.leaks ?? []).toEqual([]);
        if (scanned > earlier) cuts++;
        else turns = Math.ceil(turns * 1.4);
        before = next?.state ?? before;
      }
      expect(cuts).toBeGreaterThan(0);
    },
  );

  it('nothing found, and nothing left: what a limit stops after the last object needs no further scan', async () => {
    const { root } = grownRepository(2708, { commits: 30, leaks: 0 });
    const { next } = await sweep(root);
    const again = await sweep(root, { before: next!.state });
    expect([again.code, again.earlier, again.next!.isSame]).toEqual([0, next!.state.ids.length, true]);
  });
});

describe('what a sweep that was cut short has found', () => {
  /** A branch without leaks, so that there is something to scan after the leaks; then it is cut just before the attribution. */
  it('is not scanned again in every version, and listed with every place', async () => {
    const token = tokenMint(2712);
    const root = tempRepository({ 'a.txt': 'x' });
    const [versions, message, name, dangling] = [token(), token(), token(), token()];
    for (let at = 0; at < 30; at++) {
      writeFiles(root, {
        'a.txt': `${versions} ${at}
`,
        [`${name}/b.txt`]: `${at}
`,
      });
      git(root, 'add', '--all');
      git(root, 'commit', '--quiet', '--message', at === 3 ? message : 'x');
    }
    for (let at = 0; at < 5; at++) {
      writeFiles(root, {
        'loose.txt': `${dangling} ${at}
`,
      });
      git(root, 'hash-object', '-w', 'loose.txt');
    }
    rmSync(join(root, 'loose.txt'));
    rmSync(join(root, '.git', 'COMMIT_EDITMSG'));
    const truth = await sweep(root);
    // Git hangs when the attribution asks for the commits.
    let before: HistoryState | undefined;
    for (let round = 0; round < 2; round++) {
      const cut = await sweep(root, { before, ...hangingAt('--topo-order') });
      expect([cut.code, cut.report.gaps.map(({ kind }) => kind)]).toEqual([2, ['time-limit']]);
      const secrets = new Set(cut.report.findings.map(({ secretFingerprint }) => secretFingerprint));
      expect(secrets).toEqual(new Set([versions, message, name, dangling].map(fingerprintOf)));
      before = cut.next!.state;
      // One object of each secret is left.
      expect(truth.next!.state.ids.length - before.ids.length).toBe(4);
      expect(before.leaks).toEqual([]);
    }
    const last = await sweep(root, { before });
    expect([last.code, last.report.gaps]).toEqual([1, []]);
    expect(listedIn(last.report)).toEqual(listedIn(truth.report));
    expect(contentOf(last.next!.state)).toEqual(contentOf(truth.next!.state));
  });
});

describe('a signal', () => {
  it('ends a sweep of which git does not go on; the next run scans only the rest', async () => {
    const { root, tokens } = grownRepository(2709, { commits: 300, leaks: 4 });
    git(root, 'gc', '--quiet');
    const folder = tempFolder();
    const [state, stuck] = [join(folder, 'a.state'), join(folder, 'stuck')];
    const script = [
      `case "$*" in *'cat-file --batch') head -n 100 | "$REAL_GIT" "$@"; : > '${stuck}'; exec sleep 100;; esac`,
      'exec "$REAL_GIT" "$@"',
    ];
    const args = ['history', '--format', 'json', '--reader', 'git', '--state', state];
    const { child, ended } = startGlaive(args, { cwd: root, env: withFakeGit(script.join('\n')) });
    child.stdin.end();
    await until(() => existsSync(stuck));
    child.kill('SIGTERM');
    const ran = await ended;
    expect([ran.code, parseReport(ran).gaps.map(({ kind }) => kind)], ran.stderr).toEqual([130, ['interrupted']]);

    const again = await glaive(args, { cwd: root });
    const [, count] = /note: (\d+) objects were scanned by earlier runs/.exec(again.stderr) ?? [];
    expect(Number(count), again.stderr).toBeGreaterThan(0);
    const { findings } = parseReport(again);
    expect([again.code, findings.map(({ secretFingerprint }) => secretFingerprint).toSorted()]).toEqual([
      1,
      tokens.map(fingerprintOf).toSorted(),
    ]);
    expect((await historyJson(root, ['--state', state])).report.counts).toMatchObject({ findings: 0, known: 4 });
  });
});

describe('a limit', () => {
  // What git is asked for in the course of a sweep, each for the first time.
  const ASKED = [
    'rev-parse --git-common-dir',
    'config --get',
    'show-ref',
    '--max-parents=0',
    '--batch-all-objects',
    '%(objecttype)',
    'cat-file --batch',
    'rev-list --objects',
    '--topo-order',
  ];

  it.each(some(ASKED, 4))('ends a sweep in which git hangs: %s', async (what) => {
    const { root } = grownRepository(2711, { commits: 10, leaks: 1 });
    const { code, report } = await sweep(root, hangingAt(what));
    expect([code, report.gaps.map(({ kind }) => kind)]).toEqual([2, ['time-limit']]);
  });
});

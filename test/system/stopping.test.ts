/** Ctrl-C, a request to end and the time limit: commands end soon, start nothing more, and report what they have found. */

import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { grownRepository } from '../support/grown-repository.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { startGlaive, until } from '../support/run-program.ts';
import { IS_LONG, runs, some } from '../support/runs.ts';
import { diffJson, fingerprintOf, historyJson, parseReport } from '../support/scan-report.ts';
import { stopRandomly } from '../support/stop-randomly.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MANY = { commits: runs({ fast: 600, long: 3000 }), leaks: 60, files: 2 };

describe('a signal at any time', () => {
  const CALLS = [
    ['history, packs by one thread', ['history', '--reader', 'pack', '--threads', '1']],
    ['history, packs by two threads', ['history', '--reader', 'pack', '--threads', '2']],
    ['history, by git', ['history', '--reader', 'git']],
    ['history, by both', ['history', '--check']],
    ['diff', ['diff', 'ROOT..main']],
  ] as const;

  it.each(some(CALLS, 3))('ends it soon, and what was found by then is reported: %s', async (_name, args) => {
    await stopRandomly(args, { ...MANY, rounds: 1, seed: 2401 });
  });
});

describe('a signal when everything is scanned', () => {
  it('interrupts nothing: the report is whole, and the exit code is that of the report', async () => {
    const [folder, random] = [tempFolder(), new Random(2410)];
    // More than a pipe holds: the report is being written while no process reads it.
    writeFileSync(
      join(folder, 'leaks.txt'),
      `${Array.from({ length: 1000 }, () => mint('deploy', random)).join('\n')}\n`,
    );
    const { child, ended } = startGlaive(['scan', 'leaks.txt', '--format', 'json'], { cwd: folder });
    child.stdin.end();
    await once(child.stdout, 'data');
    child.stdout.pause();
    child.kill('SIGTERM');
    await setTimeout(200); // it is delivered
    child.stdout.resume();
    const { code, stderr, ...ran } = await ended;
    const report = parseReport({ code, stderr, ...ran });
    expect([code, stderr, report.scan.complete, report.gaps, report.findings.length]).toEqual([1, '', true, [], 1000]);
  });
});

describe('a time limit', () => {
  it('that is over before anything is listed is a gap, whatever the command', async () => {
    const { root } = grownRepository(2402, { commits: 20, leaks: 3 });
    for (const args of [[], ['--reader', 'git'], ['--reader', 'pack'], ['--since', '2020-01-01'], ['--refs', 'main']]) {
      const { code, stderr, report } = await historyJson(root, ['--time-limit', '0.001', ...args]);
      expect([code, report.findings], stderr).toEqual([2, []]);
      expect(report.scan.complete).toBe(false);
      expect(report.gaps.map(({ kind }) => kind)).toEqual(['time-limit']);
      expect(stderr).toMatch(/the time limit of 0\.001 s was reached; .*none was scanned/);
    }
    const { code, report } = await diffJson(root, ['main~5..main', '--time-limit', '0.001']);
    expect([code, report.findings, report.gaps.map(({ kind }) => kind)]).toEqual([2, [], ['time-limit']]);
  });

  it('that comes in the middle says how much was not scanned, and reports nothing that is not so', async () => {
    const { root, tokens } = grownRepository(2403, MANY);
    const known = new Set(tokens.map(fingerprintOf));
    for (const seconds of some(['0.4', '1'], 1)) {
      const limit = ['--time-limit', seconds, '--format', 'json'];
      const calls = [
        ['history', '--reader', 'git'],
        ['history', '--reader', 'pack'],
        ['diff', `main~${MANY.commits - 100}..main`],
      ];
      for (const args of calls) {
        const ran = await glaive([...args, ...limit], { cwd: root });
        // A busy machine may take so long to start.
        if (ran.stdout === '') {
          expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('before the scan had begun')]);
          continue;
        }
        const { code, stderr } = ran;
        const report = parseReport(ran);
        for (const { secretFingerprint } of report.findings) expect(known.has(secretFingerprint)).toBe(true);
        if (code !== 2) continue; // it was fast
        expect(report.gaps.map(({ kind }) => kind)).toEqual(['time-limit']);
        expect(stderr).toMatch(
          /reached(?:$|; (?:\d+ of \d+ (?:object|commit)s were not|.*(?:none|once each|not known|was scanned|listed as new)))/m,
        );
      }
    }
  });
});

describe('history --check', () => {
  const ENDINGS = ['SIGINT', 'SIGTERM', 'time-limit'] as const;

  /** Where git is asked for `what` for the nth time, it never answers. */
  function stuckAt(what: string, nth: number) {
    const folder = tempFolder();
    const [stuck, count] = [join(folder, 'stuck'), join(folder, 'count')];
    const script = [
      `case "$*" in *'${what}'*) printf x >> '${count}'`,
      `[ "$(wc -c < '${count}')" -eq ${nth} ] && { : > '${stuck}'; exec sleep 100; };; esac`,
      'exec "$REAL_GIT" "$@"',
    ];
    return { env: withFakeGit(script.join('\n')), isStuck: () => existsSync(stuck) };
  }

  // Each sweep asks for the common folder when the objects are scanned; the second begins with the third list of refs.
  it.each([
    ['before there is anything', '--batch-all-objects', 1, 0, 'through git', 'SIGTERM'],
    ['in the first sweep', '--git-common-dir', 1, 5, 'through git', 'SIGINT'],
    ['when the second begins', 'show-ref', 2, 5, 'by the pack reader', 'SIGTERM'],
    ['in the second sweep', '--git-common-dir', 2, 5, 'by the pack reader', 'time-limit'],
  ] as const)(
    'that is cut %s reports what was found, and compares nothing',
    async (_name, what, nth, count, which, quick) => {
      const { root, tokens } = grownRepository(2404, { commits: 30, leaks: 5 });
      for (const ending of IS_LONG ? ENDINGS : [quick]) {
        const { env, isStuck } = stuckAt(what, nth);
        const limit = ending === 'time-limit' ? ['--time-limit', '5'] : [];
        const { child, ended } = startGlaive(['history', '--check', '--format', 'json', ...limit], { cwd: root, env });
        child.stdin.end();
        await until(isStuck);
        if (ending !== 'time-limit') child.kill(ending);
        const ran = await ended;
        expect(ran.code, ran.stderr).toBe(ending === 'time-limit' ? 2 : 130);
        const { scan, findings, gaps } = parseReport(ran);
        expect(scan.complete).toBe(false);
        expect(gaps.map(({ kind }) => kind)).toEqual([ending === 'time-limit' ? 'time-limit' : 'interrupted']);
        const secrets = findings.map(({ secretFingerprint }) => secretFingerprint);
        expect(secrets.toSorted()).toEqual(tokens.slice(0, count).map(fingerprintOf).toSorted());
        expect(ran.stderr).toContain(`glaive: check: not compared, because the scan ${which} was cut short\n`);
        expect(ran.stderr).not.toMatch(/difference|only (?:through|by)/);
      }
    },
  );
});

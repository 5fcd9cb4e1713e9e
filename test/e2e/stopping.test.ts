/** Ctrl-C, a request to end and the time limit: commands end soon, start nothing more, and report what they have found. */

import { describe, expect, it } from 'vitest';
import { grownRepository } from '../support/grown-repository.ts';
import { diffJson, fingerprintOf, historyJson } from '../support/scan-report.ts';
import { stopRandomly } from '../support/stop-randomly.ts';

const MANY = { commits: 3000, leaks: 60, files: 2 };

describe('a signal at any time', () => {
  it.each([
    ['history, packs by one thread', ['history', '--reader', 'pack', '--threads', '1']],
    ['history, packs by two threads', ['history', '--reader', 'pack', '--threads', '2']],
    ['history, by git', ['history', '--reader', 'git']],
    ['diff', ['diff', 'ROOT..main']],
  ])('ends it soon, and what was found by then is reported: %s', async (_name, args) => {
    await stopRandomly(args, { ...MANY, rounds: 2, seed: 2401 });
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
    for (const seconds of ['0.3', '0.6', '1', '1.5']) {
      const runs = [
        await historyJson(root, ['--time-limit', seconds, '--reader', 'git']),
        await historyJson(root, ['--time-limit', seconds, '--reader', 'pack']),
        await diffJson(root, ['main~2900..main', '--time-limit', seconds]),
      ];
      for (const { code, stderr, report } of runs) {
        for (const { secretFingerprint } of report.findings) expect(known.has(secretFingerprint)).toBe(true);
        if (code !== 2) continue; // it was fast
        expect(report.gaps.map(({ kind }) => kind)).toEqual(['time-limit']);
        expect(stderr).toMatch(
          /reached(?:$|; (?:\d+ of \d+ (?:object|commit)s were not|.*(?:none|once each|not known|was scanned)))/m,
        );
      }
    }
  });
});

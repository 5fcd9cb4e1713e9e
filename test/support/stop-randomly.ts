/** Sends signals at random times, and checks what must hold whenever that is. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { grownRepository, type Growth } from './grown-repository.ts';
import { interrupted } from './interrupted.ts';
import { Random } from './mint.ts';
import { fingerprintOf, type ScanReport } from './scan-report.ts';
import { gitEnvironment, tempFolder } from './temp-folder.ts';

/** Much more than the second of work that is promised: the clock of the kernel is coarse, and threads end one by one. */
const SECONDS_AFTER = 2.5;

export async function stopRandomly(
  args: readonly string[],
  { rounds, seed, ...growth }: Growth & { readonly rounds: number; readonly seed: number },
): Promise<void> {
  const random = new Random(seed);
  const { root, tokens } = grownRepository(seed, growth);
  const first = execFileSync('git', ['rev-list', '--max-parents=0', 'main'], {
    cwd: root,
    env: gitEnvironment(),
    encoding: 'utf8',
  }).trim();
  const report = join(tempFolder(), 'report.json');
  const command = [...args.map((word) => word.replace('ROOT', first)), '--quiet', '--output', `json=${report}`];
  const whole = await interrupted(command, root, Number.POSITIVE_INFINITY);
  expect(whole.code).toBe(1);
  const read = (): ScanReport => JSON.parse(readFileSync(report, 'utf8')) as ScanReport;
  const wholeCount = read().findings.length;
  const known = new Set(read().findings.map(({ secretFingerprint }) => secretFingerprint));
  expect([...known].toSorted()).toEqual(
    tokens
      .map(fingerprintOf)
      .toSorted()
      .slice(0, known.size === tokens.length ? undefined : 0),
  );
  for (let round = 0; round < rounds; round++) {
    const at = (whole.before * random.below(1000)) / 1000;
    const signal = random.pick(['SIGINT', 'SIGTERM'] as const);
    const ran = await interrupted(command, root, at, signal);
    const context = `${args.join(' ')}: ${signal} after ${at.toFixed(2)} of ${whole.before.toFixed(2)} s: ${ran.stderr}`;
    // It may have ended by itself; and a program that has not begun yet knows no way to end but that of the system.
    if (!ran.wasRunning || ran.code === signal) continue;
    const sameAsWhole = ran.code === whole.code;
    if (!sameAsWhole) expect(ran.code, context).toBe(130);
    expect(ran.startedAfter, context).toBe(0);
    expect(ran.after, context).toBeLessThan(SECONDS_AFTER);
    expect(ran.stderr, context).not.toMatch(/internal error|at .*\.[cm]?[jt]s:\d/);
    if (ran.stderr === 'glaive: interrupted\n') continue; // before there was anything to report
    expect(existsSync(report), context).toBe(true);
    const { scan, findings, gaps } = read();
    // The signal may come when everything is scanned; then the report is whole, and the code is that of the report.
    expect(scan.complete, context).toBe(sameAsWhole);
    if (sameAsWhole) expect(findings.length, context).toBe(wholeCount);
    else
      expect(
        gaps.map(({ kind }) => kind),
        context,
      ).toContain('interrupted');
    for (const { secretFingerprint } of findings) expect(known.has(secretFingerprint), context).toBe(true);
  }
}

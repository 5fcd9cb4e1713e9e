/** The message of a hook that stops a commit or a push: one shape, at most 15 lines of 80 columns, the order of action for the moment. */

import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Report } from '../../src/model/report.ts';
import { blockMessage, type Moment } from '../../src/report/block-message.ts';
import { file, scanned } from '../support/sample-scan.ts';
import { KINDS, Random } from '../support/mint.ts';
import { emptyReport, reportWith, reportWithGaps } from '../support/sample-report.ts';

const MOMENTS: readonly Moment[] = ['pre-commit', 'commit-msg', 'pre-push', 'pre-receive'];
const WIDTH = 80;

const show = (
  report: Report,
  moment: Moment,
  width = WIDTH,
  findings: readonly Finding[] = report.findings,
  hints: readonly string[] = [],
): string[] => blockMessage(report, { moment, findings, width, hints });

async function reportOf(path: string, line: (token: string) => string, count = 1): Promise<Report> {
  const random = new Random(20261130);
  const inputs = Array.from({ length: count }, (_, index) =>
    file(index === 0 ? path : `${index}-${path}`, `\n${line(KINDS['pat routable v1']!.make(random, ''))}\n`),
  );
  return await scanned({ inputs });
}

describe.each(MOMENTS)('%s', (moment) => {
  it('has at most 15 lines of the terminal, whatever was found', async () => {
    const long = `${'deep/'.repeat(60)}deploy.py`;
    const gaps = Array.from({ length: 5 }, (_, index): Gap => ({
      kind: 'unreadable',
      uri: `${index}/${long}`,
      message: `cannot be read: ${'permission denied, '.repeat(9)}`,
    }));
    const found = await reportOf(long, (token) => `${'漢 = 1; '.repeat(40)}TOKEN = "${token}"`, 7);
    const reports = [
      await reportOf('deploy.py', (token) => `TOKEN = "${token}"`),
      await reportOf('deploy.py', (token) => `TOKEN = "${token}"`, 3),
      found,
      await reportOf('word '.repeat(2000), (token) => token),
      { ...found, gaps },
      { ...found, gaps, findings: found.findings.slice(0, 1) },
      { ...found, gaps, findings: [] },
      (await reportWith(250)).report,
      (await reportWithGaps()).report,
    ];
    for (const [index, report] of reports.entries()) {
      for (const width of [40, 67, 80, 120]) {
        const lines = show(report, moment, width, report.findings, ['Fetch them: git fetch --unshallow.']);
        const what = `${index}, ${width} columns:\n${lines.join('\n')}`;
        expect(lines.length, what).toBeLessThanOrEqual(15);
        // A command to copy stays whole.
        expect(
          lines.filter((line) => line.length > width && !/^ {2,5}(?:glaive accept|git commit --edit)/.test(line)),
          what,
        ).toEqual([]);
        if (report.gaps.length > 0) expect(lines.join('\n'), what).toMatch(/[Nn]ot everything|could not scan every/);
      }
    }
  });

  it('gives every order once', async () => {
    const text = show(await reportOf('deploy.py', (token) => `TOKEN = "${token}"`), moment).join('\n');
    expect(text.match(/revoke/g)).toHaveLength(1);
    expect(text.match(/^What to do:$/gm)).toHaveLength(1);
    expect(text).toContain('deploy.py:2');
  });

  it('wraps at the width of the terminal', async () => {
    const lines = show(await reportOf('a.py', (token) => token, 2), moment, 60);
    // A command to copy stays whole.
    expect(lines.filter((line) => line.length > 60 && !/glaive accept|git commit --edit/.test(line))).toEqual([]);
  });

  it('says what could not be scanned, and nothing of credentials if none was found', async () => {
    const { report } = await reportWithGaps();
    const lines = show({ ...report, findings: [] }, moment);
    expect(lines[0]).toMatch(/(?:stopped|rejected).*, because glaive could not scan everything:$/);
    expect(lines.join('\n')).not.toContain('What to do');
    expect(show((await emptyReport()).report, moment)[0]).toBeDefined();
  });
});

it('a commit: where, the command to stage the file again, and how to accept a false alarm', async () => {
  const report = await reportOf("it's here/deploy.py", (token) => `TOKEN = "${token}"`);
  expect(show(report, 'pre-commit')).toEqual([
    'glaive: commit stopped: 1 credential found. It has not left this machine.',
    "  it's here/deploy.py:2  GitLab personal access token (proven)",
    '    TOKEN = "glpat-[MASKED]"',
    'What to do:',
    '  1. Read it from a CI/CD variable or the environment instead.',
    "  2. Stage the file again: git add './it'\\''s here/deploy.py'",
    '  3. If it was ever anywhere else, revoke or rotate it first.',
    `False alarm? glaive accept ${report.findings[0]!.secretFingerprint.slice(0, 12)} --reason "why"; git add .glaive-baseline`,
    'To skip this check once: GLAIVE_SKIP="reason" git commit ...',
  ]);
});

it('a name that cannot be typed is not in the command', async () => {
  const report = await reportOf('new\nline.py', (token) => token);
  expect(show(report, 'pre-commit').join('\n')).toContain('Stage the file again: git add --update');
});

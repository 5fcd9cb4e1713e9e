/** Accepted findings: written by formats that support suppressions, left out of the others. */

import { expect, it } from 'vitest';
import { suppressedReport } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

it('sarif: every finding, accepted ones with their suppressions, and the notes', async () => {
  const { report } = await suppressedReport();
  const [run] = JSON.parse(await render('sarif', report)).runs;
  expect(run.results.map((result: { suppressions?: unknown[] }) => result.suppressions?.length ?? 0)).toEqual([
    1, 1, 2, 0, 0, 0,
  ]);
  expect(run.results[1].suppressions).toEqual([{ kind: 'external', justification: 'a fixture' }]);
  expect(run.invocations[0].toolExecutionNotifications).toMatchObject([{ level: 'note' }]);
  expect(run.invocations[0].executionSuccessful).toBe(true);
});

it('json: every finding, with how and why; the counts tell them apart', async () => {
  const { report } = await suppressedReport();
  const whole = JSON.parse(await render('json', report));
  expect(whole.findings).toHaveLength(6);
  expect(whole.counts).toMatchObject({ findings: 3, suppressed: 3 });
  expect(whole.findings[0].suppressions).toEqual([{ kind: 'inSource', by: 'inline', justification: '' }]);
  expect(whole.notes).toEqual(report.notes);
});

it.each(['gitlab', 'codequality'] as const)('%s: only what counts', async (format) => {
  const { report } = await suppressedReport();
  const value = JSON.parse(await render(format, report));
  const listed: { id?: string; fingerprint?: string }[] = Array.isArray(value) ? value : value.vulnerabilities;
  expect(listed.map(({ id, fingerprint }) => id ?? fingerprint)).toEqual(
    report.findings.slice(3).map((finding) => finding.fingerprint),
  );
});

it('text: only what counts, and how many do not; on request all, with the reason', async () => {
  const { report } = await suppressedReport();
  const text = await render('text', report);
  expect(text).not.toContain('accepted:');
  expect(text).toContain('3 findings of 3 secrets in');
  expect(text).toContain('; 3 accepted (--show-suppressed lists them)');
  const all = await render('text', report, { showSuppressed: true, details: true });
  expect(all.match(/accepted: /g)).toHaveLength(4);
  expect(all).toContain('accepted: by the configuration: a fixture');
  expect(all).not.toContain('\u001b');
  expect(all.match(/to revoke: /g)).toHaveLength(3);
});

it.each(['text', 'markdown'] as const)(
  '%s that lists accepted findings only does not say that there are none',
  async (format) => {
    const { report } = await suppressedReport();
    const accepted = { ...report, findings: report.findings.slice(0, 3) };
    const all = await render(format, accepted, { showSuppressed: true });
    expect(all).toMatch(/no other (?:leaked )?GitLab credentials/);
    expect(await render(format, accepted)).toMatch(/no (?:leaked )?GitLab credentials/);
  },
);

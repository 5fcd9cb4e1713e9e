/**
 * `gitlab` and `codequality`: what GitLab's parsers stumble over without a word, beyond what their schemas say
 * (gitlabhq lib/gitlab/ci/parsers/{security/common,codequality/code_climate}.rb).
 */

import { activeFindings } from '../../src/model/report.ts';
import { describe, expect, it } from 'vitest';
import { hostileReport, reportWith, SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

describe.each(Object.keys(SAMPLES))('gitlab, the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();
  const text = await render('gitlab', report);
  const { scan, vulnerabilities, version } = JSON.parse(text);

  it('declares the oldest version that holds it all: GitLab refuses one that it does not know', () => {
    expect(version).toBe('15.0.6');
  });

  it('writes times in UTC without zone and fraction', () => {
    expect([scan.start_time, scan.end_time]).toEqual(['2026-11-20T08:00:00', '2026-11-20T08:00:01']);
  });

  it('says whether it scanned everything', () => {
    expect(scan.status).toBe(report.gaps.length === 0 ? 'success' : 'failure');
    expect(scan.messages).toHaveLength(report.gaps.length);
    for (const [index, { uri, message }] of report.gaps.entries()) {
      expect(scan.messages[index].level).toBe('warn');
      expect(scan.messages[index].value).toContain(message);
      expect(scan.messages[index].value).toContain(uri ?? '');
    }
  });

  it('never holds the secret where GitLab looks for it', () => {
    expect(text).not.toContain('raw_source_code_extract');
  });

  it('identifies each vulnerability by its rule and a tracking signature', () => {
    for (const { id, identifiers, tracking, location } of vulnerabilities) {
      const finding = report.findings.find(({ fingerprint }) => fingerprint === id)!;
      expect(identifiers[0].value).toBe(finding.ruleId);
      expect(identifiers.map(({ name: shown }: { name: string }) => shown)).toContain('CWE-798');
      expect(tracking.type).toBe('source');
      expect(tracking.items).toHaveLength(1);
      expect(tracking.items[0].signatures).toEqual([{ algorithm: 'hash', value: finding.fingerprint }]);
      expect(tracking.items[0]).toMatchObject({ file: location.file, start_line: location.start_line });
    }
    const ids = vulnerabilities.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids)).toEqual(new Set(activeFindings(report).map((finding) => finding.fingerprint)));
  });

  it('keeps its texts within what is stored, and the name free of places', () => {
    for (const { name: shown, solution, description, severity } of vulnerabilities) {
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.length).toBeLessThanOrEqual(255);
      expect(report.rules.map((rule) => rule.name)).toContain(shown);
      expect(solution.length).toBeLessThanOrEqual(7000);
      expect(description.length).toBeLessThanOrEqual(1_048_576);
      expect(['Info', 'Low', 'Medium', 'High', 'Critical']).toContain(severity);
    }
  });

  it('points at a file, a line that can be, and the commit that introduced it, HEAD or nothing', () => {
    for (const { id, location } of vulnerabilities) {
      const introducing = report.findings.find(({ fingerprint }) => fingerprint === id)!.introduction?.commit;
      expect(report.findings.map(({ artifact }) => artifact.uri)).toContain(location.file);
      expect(location.start_line).toBeGreaterThanOrEqual(1);
      expect(location.end_line).toBeGreaterThanOrEqual(location.start_line);
      expect(location.commit.sha).toBe(introducing ?? report.commit ?? '0'.repeat(40));
    }
  });
});

it('gitlab: the commit is HEAD in a repository', async () => {
  const { report } = await reportWith(1);
  expect(report.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(JSON.parse(await render('gitlab', report)).vulnerabilities[0].location.commit.sha).toBe(report.commit);
});

it.each([
  ['', 127, 3500],
  ['x', 127, 3499],
])(
  'gitlab: texts that are too long are cut, and never within a character (%j first)',
  async (first, inName, inSolution) => {
    const { report } = await reportWith(1);
    const long = `${first}${'😀'.repeat(4000)}`;
    const rules = report.rules.map((rule) => ({ ...rule, name: long, revoke: [long] }));
    const [{ name, solution }] = JSON.parse(await render('gitlab', { ...report, rules })).vulnerabilities;
    expect(name).toBe(first + '😀'.repeat(inName));
    expect(solution).toBe(first + '😀'.repeat(inSolution));
  },
);

describe.each(Object.keys(SAMPLES))('codequality, the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();
  const text = await render('codequality', report);
  const entries = JSON.parse(text);

  it('is an array without byte order mark', () => {
    expect(text.startsWith('[')).toBe(true);
    expect(Buffer.from(text)[0]).toBe(0x5b);
  });

  it('has a row for each fingerprint, and no two with the same', () => {
    const fingerprints = entries.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
    expect(new Set(fingerprints)).toEqual(new Set(activeFindings(report).map((finding) => finding.fingerprint)));
  });

  it('has what a row is made of: one invalid row silently drops the rest', () => {
    for (const { type, check_name, description, severity, location } of entries) {
      expect(type).toBe('issue');
      expect(report.rules.map((rule) => rule.id)).toContain(check_name);
      expect(description).not.toBe('');
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
      expect(location.path).not.toBe('');
      expect(Number.isInteger(location.lines.begin)).toBe(true);
      expect(location.lines.begin).toBeGreaterThanOrEqual(1);
    }
  });
});

it('codequality: nothing found is an empty array', async () => {
  expect(await render('codequality', (await SAMPLES['empty']!()).report)).toBe('[]\n');
});

describe('what shares a fingerprint', async () => {
  const { report } = await hostileReport();

  it('is there: a token in a file and in its name, and in two files whose names read the same', () => {
    const uris = ['own [MASKED]', 'same [MASKED].env'];
    for (const uri of uris) {
      const fingerprints = report.findings.filter(({ artifact }) => artifact.uri === uri).map((f) => f.fingerprint);
      expect(new Set(fingerprints).size).toBeLessThan(fingerprints.length);
    }
  });

  it('is one row, with the place in the file', async () => {
    const rows = JSON.parse(await render('codequality', report));
    const own = rows.filter(({ location }: { location: { path: string } }) => location.path === 'own [MASKED]');
    expect(own).toHaveLength(1);
    expect(own[0].location.lines.begin).toBe(3);
  });
});

it('a secret in the name of a file is shown at its first line', async () => {
  const { report } = await hostileReport();
  const uri = 'first line\nsecond [MASKED]/sub folder/x.txt';
  const inName = report.findings.find(({ artifact }) => artifact.kind === 'file-name' && artifact.uri === uri)!;
  expect(inName.regions[0].startLine).toBe(2); // in the name
  const row = JSON.parse(await render('codequality', report)).find(
    ({ fingerprint }: { fingerprint: string }) => fingerprint === inName.fingerprint,
  );
  expect(row.location).toEqual({ path: uri, lines: { begin: 1 } });
  const { location } = JSON.parse(await render('gitlab', report)).vulnerabilities.find(
    ({ id }: { id: string }) => id === inName.fingerprint,
  );
  expect(location).toMatchObject({ file: uri, start_line: 1, end_line: 1 });
});

/** `sarif`: what GitLab and GitHub make of it, beyond what the schema of SARIF says. */

import { readFileSync } from 'node:fs';
import type { Log, Result, Run } from 'sarif';
import { describe, expect, it } from 'vitest';
import { encodePath } from '../../src/lib/path-bytes.ts';
import type { Finding } from '../../src/model/finding.ts';
import { SEVERITIES } from '../../src/model/severity.ts';
import { SEVERITY_SCALES } from '../../src/report/severity-scales.ts';
import { HOSTILE_NAMES, hostileReport, reportWith, reportWithPlaces, SAMPLES } from '../support/sample-report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { render } from '../support/sample-scan.ts';

async function runOf(report: Parameters<typeof render>[1]): Promise<Run & { results: Result[] }> {
  const log: Log = JSON.parse(await render('sarif', report));
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  return { ...run!, results: run!.results! };
}

const locationOf = ({ locations }: Result) => locations![0]!.physicalLocation!;

describe.each(Object.keys(SAMPLES))('the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();
  const run = await runOf(report);
  const rules = run.tool.driver.rules!;

  it('names the home page that the package names, and no other', () => {
    const { homepage } = JSON.parse(readFileSync('package.json', 'utf8')) as { homepage?: string };
    expect(run.tool.driver.informationUri).toBe(homepage);
    if (homepage !== undefined) expect(new URL(homepage).protocol).toBe('https:');
  });

  it('has each rule once, and results that know theirs', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(run.results).toHaveLength(report.findings.length);
    for (const [index, { ruleId, ruleIndex }] of run.results.entries()) {
      expect(rules[ruleIndex!]!.id).toBe(ruleId);
      expect(ruleId).toBe(report.findings[index]!.ruleId);
    }
  });

  it('keeps within the limits beyond which GitLab drops a result', () => {
    for (const rule of rules) {
      const { tags = [] } = rule.properties!;
      expect(tags.length).toBeLessThanOrEqual(10);
      expect(tags).toEqual(expect.arrayContaining(['cwe-798', 'external/cwe/cwe-798']));
      expect(rule.name!.length).toBeLessThanOrEqual(255);
      expect(rule.shortDescription!.text.length).toBeLessThanOrEqual(1024);
      expect(rule.fullDescription!.text.length).toBeLessThanOrEqual(1024);
      expect(rule.helpUri!.length).toBeLessThanOrEqual(2048);
    }
    for (const { message } of run.results) expect(message.text!.length).toBeLessThanOrEqual(1024);
  });

  it('ranks by severity, in the bands of GitLab', () => {
    for (const [index, { rank }] of run.results.entries()) expect(band(rank!)).toBe(report.findings[index]!.severity);
  });

  it('counts columns in UTF-16 units and says which bytes', () => {
    expect(run.columnKind).toBe('utf16CodeUnits');
    for (const [index, result] of run.results.entries()) {
      const finding = report.findings[index]!;
      const [{ log: _, ...first }] = finding.regions;
      expect(locationOf(result).region).toMatchObject(finding.artifact.kind === 'file-name' ? { startLine: 1 } : first);
    }
  });

  it('names files by URIs that lead back to them', () => {
    for (const [index, result] of run.results.entries()) expectUri(result, report.findings[index]!);
  });

  it('has a fingerprint under a key of its own only: GitHub computes the usual one itself', () => {
    for (const [index, { partialFingerprints, fingerprints }] of run.results.entries()) {
      expect(partialFingerprints).toEqual({ 'glaive/v1': report.findings[index]!.fingerprint });
      expect(fingerprints).toBeUndefined();
    }
  });

  it('says how sure it is, and whether the token works', () => {
    for (const [index, { properties }] of run.results.entries()) {
      const {
        confidence,
        secretFingerprint,
        tokenStatus,
        verification,
        introduction,
        touched,
        removedLater,
        artifact,
      } = report.findings[index]!;
      const reason = tokenStatus.state === 'active' ? {} : { tokenStatusReason: tokenStatus.reason };
      const checked = verification === undefined ? {} : { verification };
      expect(properties).toEqual({
        confidence,
        secretFingerprint,
        tokenStatus: tokenStatus.state,
        ...reason,
        ...checked,
        ...(introduction === undefined ? {} : { introduction }),
        ...(touched === undefined ? {} : { touched }),
        ...(removedLater === undefined ? {} : { removedLater }),
        ...(artifact.job === undefined ? {} : { job: expect.objectContaining({ id: artifact.job.id }) }),
      });
    }
  });

  it('says what was not scanned', () => {
    const [invocation] = run.invocations!;
    expect(invocation!.executionSuccessful).toBe(report.gaps.length === 0);
    const notifications = invocation!.toolExecutionNotifications!;
    const gaps = notifications.filter(({ level }) => level === 'error');
    expect(gaps.map(({ descriptor }) => descriptor!.id)).toEqual(report.gaps.map(({ kind }) => kind));
    expect(notifications.length - gaps.length).toBe(report.notes.length);
    for (const [index, { message }] of gaps.entries()) {
      const { uri, message: reported } = report.gaps[index]!;
      expect(message.text!.length).toBeLessThanOrEqual(1024);
      expect(message.text).toContain(uri === undefined ? reported : uri.slice(0, 1000));
    }
  });
});

/** GitLab's severity of a rank. */
function band(rank: number): string {
  return rank >= 90 ? 'critical' : rank >= 70 ? 'high' : rank >= 40 ? 'medium' : rank >= 10 ? 'low' : 'info';
}

function expectUri(result: Result, { artifact }: Finding): void {
  const { uri, uriBaseId } = locationOf(result).artifactLocation!;
  expect(uri).toMatch(/^(?:file:\/\/\/)?(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+$/);
  const { pathname } = new URL(uri!, 'file:///base/');
  const absolute = artifact.uri.startsWith('/');
  expect(uriBaseId).toBe(absolute ? undefined : '%SRCROOT%');
  // Byte for byte: a name need not be UTF-8.
  const name = Buffer.from(
    pathname.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  const wanted = Buffer.from(encodePath(artifact.path ?? artifact.uri));
  expect(name).toEqual(absolute ? wanted : Buffer.concat([Buffer.from('/base/'), wanted]));
}

it('every severity has a rank and a security-severity in its band', () => {
  expect(SEVERITIES.map((severity) => band(SEVERITY_SCALES[severity].rank))).toEqual(SEVERITIES);
  expect(SEVERITIES.map((severity) => band(Number(SEVERITY_SCALES[severity].score) * 10))).toEqual(SEVERITIES);
});

it('files with hostile names are among the results', async () => {
  const { report } = await hostileReport();
  const paths = new Set(report.findings.map(({ artifact }) => artifact.path));
  expect(HOSTILE_NAMES.filter((name) => !paths.has(name))).toEqual([]);
});

it('the first place is the location, the others are related, and only the first has a snippet', async () => {
  const { report } = await reportWithPlaces();
  const { results } = await runOf(report);
  const result = results.find(({ relatedLocations }) => relatedLocations?.length === 8)!;
  const regions = result.relatedLocations!.map(({ physicalLocation }) => physicalLocation!.region!);
  expect(result.relatedLocations!.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(regions.map(({ startLine }) => startLine)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(regions.filter(({ snippet }) => snippet !== undefined)).toEqual([]);
  expect(locationOf(result).region!.snippet!.text).toBe('x: glpat-[MASKED] [MASKED]');
});

it('a secret in the name of a file has no position in the file', async () => {
  const { report } = await reportWithPlaces();
  const index = report.findings.findIndex(({ artifact }) => artifact.kind === 'file-name');
  expect(report.findings[index]!.regions).toHaveLength(2);
  const result = (await runOf(report)).results[index]!;
  expect(locationOf(result).region).toEqual({ startLine: 1, endLine: 1 });
  expect(result.relatedLocations).toBeUndefined();
});

it.each(['', 'x'])('long texts are cut, and never within a character (%j first)', async (first) => {
  const { report } = await reportWith(1);
  const long = `${first}${'😀'.repeat(1000)}`;
  const rules = report.rules.map((rule) => ({ ...rule, description: long, revoke: [long] }));
  const gaps = [{ kind: 'missing', uri: long, message: 'gone' }] as const;
  const { results, tool, invocations } = await runOf({ ...report, rules, gaps });
  const texts = [
    results[0]!.message.text!,
    tool.driver.rules![0]!.fullDescription!.text,
    invocations![0]!.toolExecutionNotifications![0]!.message.text!,
  ];
  expect(texts.filter((text) => text.length < 1023 || text.length > 1024 || /\p{Cs}/u.test(text))).toEqual([]);
});

describe('more than the platforms take', async () => {
  const { report } = await reportWith(12_000);
  const { sarifFiles } = await import('../../src/report/sarif.ts');
  const files = sarifFiles(report).map((pieces) => [...pieces].join(''));
  const logs = files.map((text): Log => JSON.parse(text));
  const runs = logs.flatMap((log) => log.runs);

  it('keeps every result, once', () => {
    const reported = runs.flatMap(({ results }) =>
      results!.map(({ partialFingerprints }) => partialFingerprints!['glaive/v1']),
    );
    expect(reported).toHaveLength(report.findings.length);
    expect(new Set(reported)).toEqual(new Set(report.findings.map(({ fingerprint }) => fingerprint)));
  });

  it('keeps within their limits', () => {
    expect(files.length).toBeGreaterThan(1);
    for (const text of files) expect(Buffer.byteLength(text)).toBeLessThan(10_000_000);
    for (const log of logs) expect(log.runs.length).toBeLessThanOrEqual(20);
    for (const { results } of runs) expect(results!.length).toBeLessThanOrEqual(5000);
  });

  it('gives each run a category of its own, and lists gaps and rules', () => {
    const ids = runs.map(({ automationDetails }) => automationDetails!.id!);
    expect(ids.slice(0, 2)).toEqual(['glaive/scan/', 'glaive/scan-2/']);
    expect(new Set(ids).size).toBe(runs.length);
    for (const { tool, results } of runs)
      for (const { ruleId, ruleIndex } of results!) expect(tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
  });

  it('is one document where it is not for them', async () => {
    const log: Log = JSON.parse(await render('sarif', report));
    expect(log.runs).toHaveLength(runs.length);
  });

  it('leaves a finding in its run while the number of runs stays', () => {
    const where = (all: readonly Run[]) =>
      new Map(
        all.flatMap(({ results }, index) =>
          results!.map(({ partialFingerprints }) => [partialFingerprints!['glaive/v1'], index]),
        ),
      );
    const fewer = sarifFiles({ ...report, findings: report.findings.slice(7) }).flatMap(
      (pieces): Run[] => JSON.parse([...pieces].join('')).runs,
    );
    expect(fewer).toHaveLength(runs.length);
    const before = where(runs);
    for (const [fingerprint, index] of where(fewer)) expect(before.get(fingerprint)).toBe(index);
  });
});

it('is one file as long as it may', async () => {
  const { loadFiles } = FORMATS.sarif;
  const files = (await loadFiles())((await reportWith(2000)).report);
  expect(files).toHaveLength(1);
  expect(JSON.parse([...files[0]!].join('')).runs).toHaveLength(1);
});

it('lists so many places of a result as are read, and says how many there are', async () => {
  const { report } = await reportWithPlaces(150);
  const { results } = await runOf(report);
  const often = results.find(({ relatedLocations = [] }) => relatedLocations.length > 50)!;
  expect(often.relatedLocations).toHaveLength(99);
  expect(often.properties!['places']).toBe(150);
});

describe('baselineState', async () => {
  const { report } = await reportWith(3);
  const known = { kind: 'external', by: 'baseline', justification: 'known' } as const;

  it('is present when a baseline accepts a finding', async () => {
    const findings = report.findings.map((finding, index) =>
      index === 1 ? { ...finding, suppressions: [known] } : finding,
    );
    const { results } = await runOf({ ...report, findings });
    expect(results.map(({ baselineState }) => baselineState)).toEqual(['new', 'unchanged', 'new']);
  });

  it('is there only when a change is scanned', async () => {
    expect((await runOf({ ...report, command: 'diff' })).results[0]!.baselineState).toBe('new');
    expect((await runOf(report)).results[0]).not.toHaveProperty('baselineState');
  });
});

/** `text`: a summary and each secret once, or every finding by file; honest about what was not scanned, and safe for a terminal. */

import { describe, expect, it } from 'vitest';
import { printable } from '../../src/lib/printable.ts';
import { filterReport } from '../../src/report/filter.ts';
import { groupsOf } from '../../src/report/summary.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Gap } from '../../src/model/gap.ts';
import { activeFindings, type Report } from '../../src/model/report.ts';
import {
  emptyReport,
  expiredReport,
  fileNameReport,
  historyReport,
  hostileReport,
  reportWith,
  reportWithGaps,
  reportWithPlaces,
  SAMPLES,
  verifiedReport,
} from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

const text = (report: Report, color = false, quiet = false): Promise<string> =>
  render('text', report, { color, quiet });
const details = (report: Report): Promise<string> => render('text', report, { details: true });

/** Line feeds apart: controls, separators, and the controls of writing direction. */
// oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;
// oxlint-disable-next-line no-control-regex -- colours begin with it
const COLOR = /\u001b\[\d{1,2}m/g;

describe.each(Object.keys(SAMPLES))('the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();
  const plain = await text(report);

  it('holds no character that a terminal obeys', () => {
    expect(plain).not.toMatch(UNSAFE);
  });

  it('is the same in colour, but for the colours', async () => {
    const colored = await text(report, true);
    expect(colored).toMatch(COLOR);
    expect(colored.replace(COLOR, '')).toBe(plain);
  });

  it('with details: a heading for each file, and a line for each finding', async () => {
    const lines = (await details(report)).trimEnd().split('\n');
    const headings = lines.slice(0, -1).filter((line) => line !== '' && !line.startsWith('  '));
    const uris = new Set(activeFindings(report).map(({ artifact }) => artifact.uri));
    expect(headings).toEqual([...uris].map(printable));
    const heads = lines.filter((line) => /^ {2}\S/.test(line));
    expect(heads).toHaveLength(activeFindings(report).length);
    for (const [index, { ruleId, severity }] of activeFindings(report).entries()) {
      expect(heads[index]!.split('  ').slice(2)).toEqual([severity, expect.any(String), ruleId]);
    }
  });

  it('begins with the totals, and names every secret once', () => {
    const findings = activeFindings(report);
    if (findings.length === 0) return;
    const secrets = new Set(findings.map(({ secretFingerprint }) => secretFingerprint.slice(0, 12)));
    expect(plain).toMatch(new RegExp(`^${findings.length} findings?( of ${secrets.size} secrets?)? in `));
    for (const short of secrets) expect(plain.split(short)).toHaveLength(2);
  });

  it('ends with what was found, what was scanned and what was not', () => {
    const verdict = plain.trimEnd().split('\n').at(-1)!;
    expect(verdict).toMatch(new RegExp(` ${report.counts.artifacts} (?:file|object)s? `));
    expect(verdict.includes('no GitLab credentials found')).toBe(activeFindings(report).length === 0);
    expect(verdict.startsWith('INCOMPLETE: ')).toBe(report.gaps.length > 0);
  });
});

it('names that look the same have headings of their own', async () => {
  const { report } = await hostileReport();
  expect((await details(report)).split('\n').filter((line) => line === 'tab here.env')).toHaveLength(2);
});

describe('further places', async () => {
  const { report } = await reportWithPlaces();
  const often = report.findings.find(({ regions }) => regions.length === 9)!;
  const withPlaces = async (count: number): Promise<string | undefined> => {
    const regions = often.regions.slice(0, count) as [Finding['regions'][0]]; // count is at least 1
    const lines = (await details({ ...report, findings: [{ ...often, regions }] })).split('\n');
    return lines.find((line) => line.includes('also at'))?.trim();
  };

  it.each([
    [1, undefined],
    [2, 'also at: 2:5'],
    [6, 'also at: 2:5, 3:6, 4:7, 5:8, 6:9'],
    [7, 'also at: 2:5, 3:6, 4:7, 5:8, 6:9 and 1 more place'],
    [9, 'also at: 2:5, 3:6, 4:7, 5:8, 6:9 and 3 more places'],
  ])('%i in all: %s', async (count, line) => {
    expect(await withPlaces(count)).toBe(line);
  });

  it('are not shown for a name, which is not in the file', async () => {
    const named = report.findings.find(({ artifact }) => artifact.kind === 'file-name')!;
    expect(named.regions).toHaveLength(2);
    const rendered = await details({ ...report, findings: [named] });
    expect(rendered).not.toContain('also at');
    expect(rendered).toContain('  in its name  critical  ');
  });
});

it('a token in a name: no line, no excerpt', async () => {
  const rendered = await details((await fileNameReport()).report);
  expect(rendered).toContain('keys/[MASKED].txt\n  in its name  critical  GitLab deploy token  gitlab_deploy_token\n');
  expect(rendered).not.toMatch(/\d+ \|/);
});

it('an expired token: its status and whose it was', async () => {
  const rendered = await details((await expiredReport()).report);
  expect(rendered).toContain('  1:8  low  ');
  expect(rendered).toContain('; inactive (expired)\n');
  expect(rendered).toContain(
    'belongs to: job 4711, user 42, project 100, group 10, organization 1, cell 3, on gitlab.example.com',
  );
});

it('counts what is below the confidence asked for', async () => {
  const { report } = await emptyReport();
  const counts = { ...report.counts, belowConfidence: 3 };
  expect(await text({ ...report, counts })).toContain(
    '; 3 below the confidence limit (--min-confidence unlikely lists them)\n',
  );
  expect(await text(report)).not.toContain('below the confidence');
});

describe('quiet', () => {
  it('nothing found and nothing missed: nothing to say', async () => {
    expect(await text((await emptyReport()).report, false, true)).toBe('');
  });

  it('findings, and no verdict', async () => {
    const { report } = await reportWith(3);
    const quiet = await text(report, false, true);
    expect(quiet).toMatch(/^critical {2}[^]*\n {2}fingerprint: [0-9a-f]+\n$/);
    expect(await text(report)).toContain(quiet);
  });
});

it('a gap is reported even with --quiet', async () => {
  const { report } = await reportWithGaps();
  expect(await text({ ...report, findings: [] }, false, true)).toMatch(
    /^INCOMPLETE: 14 items could not be scanned, 1 credential /,
  );
});

it('says how much could not be scanned before anything else', async () => {
  const { report } = await reportWithGaps();
  const counts = { ...report.counts, skips: { ignored: 3, symlink: 2 } };
  expect(await text({ ...report, counts, findings: [] })).toBe(
    'INCOMPLETE: 14 items could not be scanned, 1 credential could not be checked; ' +
      'no GitLab credentials found in the rest, 1 file (29 B); skipped: 3 ignored by git, 2 symbolic links\n',
  );
  const [one] = report.gaps as [Gap];
  expect(await text({ ...report, gaps: [one] })).toMatch(/^INCOMPLETE: 1 item could not be scanned; \d/m);
  // Gaps that are not listed one by one count as well.
  expect(await text({ ...report, gaps: [one, { ...one, count: 8043 }] })).toContain(
    'INCOMPLETE: 8044 items could not be scanned; ',
  );
  const unchecked: Gap = { kind: 'unverified', message: 'HTTP 401', count: 5 };
  expect(await text({ ...report, gaps: [unchecked] })).toMatch(/^INCOMPLETE: 5 credentials could not be checked; \d/m);
  expect(await text({ ...report, gaps: [one, unchecked] })).toContain(
    'INCOMPLETE: 1 item could not be scanned, 5 credentials could not be checked; ',
  );
});

it('promises nothing where nothing was scanned', async () => {
  const { report } = await reportWithGaps();
  const counts = { ...report.counts, artifacts: 0, bytes: 0, skips: {} };
  expect(await text({ ...report, counts, findings: [], gaps: report.gaps.slice(0, 1) })).toBe(
    'INCOMPLETE: 1 item could not be scanned; nothing was scanned\n',
  );
});

describe('what is first', async () => {
  const { report } = await verifiedReport();

  it('an active secret, whatever its severity; and the totals say how many there are', async () => {
    const [totals, states, ...rest] = (await text({ ...report, commit: '1f'.repeat(20), ref: 'main' })).split('\n');
    expect(totals).toBe('10 findings of 10 secrets in 1 place: 2 critical, 2 high, 2 medium, 2 low, 2 info');
    expect(states).toBe('2 secrets still active, 6 inactive, 2 unknown');
    expect(rest.slice(0, 4)).toEqual([
      'in main at 1f1f1f1f1f1f',
      '',
      'Do first:',
      expect.stringMatching(/^ {2}1\. .*, active, in .*:2:9$/),
    ]);
    const cards = (await text(report))
      .split('\n')
      .filter((line) => /^(?:info|low|medium|high|critical) {2}/.test(line));
    expect(cards.slice(0, 2).every((line) => line.endsWith('  active'))).toBe(true);
    expect(cards.slice(2, 4).every((line) => line.startsWith('critical  '))).toBe(true);
  });

  it('says how to revoke each type once, and nothing for one that is inactive', async () => {
    const all = await text(report);
    const advice = all.split('\nTo revoke:\n')[1]!.split('\n\n')[0]!.split('\n');
    // What is done first has its advice there.
    expect(all.match(/^ +To revoke: /gm)).toHaveLength(3);
    expect(advice.map((line) => line.trim().split(':')[0])).toEqual(['GitLab runner authentication token']);
  });

  it('by path: as the files are', async () => {
    const lines = (await render('text', report, { sort: 'path' })).split('\n');
    const places = lines.flatMap((line) => /^ {2}\S+?:(\d+):\d+ {2}/.exec(line)?.[1] ?? []).map(Number);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

it('by date: the newest first', async () => {
  const { report } = await historyReport();
  const dates = groupsOf(report.findings, 'date').map(({ findings: [first] }) => first.introduction?.date ?? '');
  const times = dates.map((date) => (date === '' ? -1 : Date.parse(date)));
  expect(new Set(times).size).toBeGreaterThan(1);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

describe('many secrets', async () => {
  const { report } = await reportWith(250);

  it('are a line each; a screen shows the worst, and says how to see the rest', async () => {
    const rows = (written: string): string[] =>
      written.split('\n').filter((line) => /^\w+ {2,}[0-9a-f]{12} {2}/.test(line));
    expect(rows(await text(report))).toHaveLength(250);
    const screen = await render('text', report, { isScreen: true, wholeReport: '/state/last-report.json' });
    expect(rows(screen)).toEqual(rows(await text(report)).slice(0, 30));
    expect(screen.split('\n').length).toBeLessThan(50);
    expect(screen).toContain('and 220 more secrets');
    expect(screen).toContain('glaive report /state/last-report.json --output html=report.html');
    expect(await render('text', report, { isScreen: true, hasPage: true })).toContain(
      'the HTML report lists all of them',
    );
  });

  it('all in full with details', async () => {
    expect((await details(report)).match(/^ {6}fingerprint: /gm)).toHaveLength(250);
  });
});

it('--min-severity and --in-head leave findings out, and count them', async () => {
  const { report } = await reportWith(250);
  const severe = filterReport(report, { minSeverity: 'critical' });
  expect(new Set(severe.findings.map(({ severity }) => severity))).toEqual(new Set(['critical']));
  const left = 250 - severe.findings.length;
  expect(await text(severe)).toContain(`; ${left} left out by --min-severity or --in-head`);
  const history = (await historyReport()).report;
  const current = filterReport(history, { inHead: true });
  expect(current.findings.length).toBeLessThan(history.findings.length);
  expect(current.findings.every((finding) => finding.history?.inHead !== false)).toBe(true);
});

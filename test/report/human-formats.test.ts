/** Formats for people and their programs: CSV, JUnit, Markdown, HTML (in a browser: `test/long/html.test.ts`). They say everything, and what was scanned stays data. */

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { plural } from '../../src/lib/format-amounts.ts';
import type { Finding } from '../../src/model/finding.ts';
import { activeFindings, type Report } from '../../src/model/report.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

/** RFC 4180, strictly. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const [, value, end] = cell.exec(text) ?? [];
    if (value === undefined) throw new Error(`no CSV at ${at}`);
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  expect(row).toEqual([]);
  return rows;
}

interface Parsed {
  readonly testsuites: {
    readonly '@tests': string;
    readonly '@failures': string;
    readonly '@errors': string;
    readonly testsuite: { readonly testcase: readonly Readonly<Record<string, unknown>>[] };
  };
}

function parseXml(text: string): Parsed {
  expect(XMLValidator.validate(text)).toBe(true);
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => name === 'testcase',
    processEntities: true,
  }).parse(text) as Parsed;
}

const HOSTILE = [
  '=HYPERLINK("http://evil","x")',
  "+1+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(1)',
  '\t=1',
  ' =1',
  '|calc',
  '/assign @all',
  '@admin #1 !2 ~bug %1 &3 $4 :tada: [x](javascript:alert(1)) ![x](http://evil/x.png)',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '`` ` ``` ticks `',
  '`',
  'a|b\\|c',
  '</testcase><testcase name="x"/>]]>',
  '\u0000\u0001\u001B[31m\u009B2J\uFFFE\uFFFF\uD800',
  'line\nbreak\r\n/close',
  '\u202Egnp.exe',
];

/** The report of one finding, with untrusted text in every field that can have it. */
async function hostile(text: string): Promise<Report> {
  const { report } = await SAMPLES['one']!();
  const finding = report.findings[0]!;
  const foul: Finding = {
    ...finding,
    artifact: { ...finding.artifact, uri: text },
    excerpt: { text: `${text} glpat-[MASKED]`, markStart: 0, markEnd: 1 },
    introduction: { commit: 'ab'.repeat(20), author: text, date: text, uri: text, startLine: 1 },
    tokenStatus: { state: 'active' },
    verification: {
      host: 'gitlab.example.com',
      checkedAt: 'x',
      name: text,
      scopes: [text],
      notes: [text],
      owner: { kind: 'human', name: text },
    },
    suppressions: [],
  };
  return { ...report, findings: [foul], gaps: [{ kind: 'missing', uri: text, message: text, hint: text }] };
}

describe.each(Object.keys(SAMPLES))('the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();

  it('as CSV has a line for each finding, and as many cells in each', async () => {
    const [head, ...rows] = parseCsv(await render('csv', report));
    expect(rows.length).toBe(report.findings.length);
    expect(rows.every((row) => row.length === head!.length)).toBe(true);
    const at = head!.indexOf('fingerprint');
    const own = new Set(report.findings.map(({ fingerprint }) => fingerprint));
    expect(new Set(rows.map((row) => row[at]))).toEqual(own);
  });

  it('as JUnit is well-formed, and counts', async () => {
    const { testsuites } = parseXml(await render('junit', report));
    const failures = new Set(activeFindings(report).map(({ fingerprint }) => fingerprint)).size;
    expect([testsuites['@failures'], testsuites['@errors']]).toEqual([String(failures), String(report.gaps.length)]);
    const cases = testsuites.testsuite.testcase;
    expect(String(cases.length)).toBe(testsuites['@tests']);
    expect(cases.length).toBeGreaterThan(0);
    const keys = cases.map((one) => `${String(one['@classname'])}\0${String(one['@name'])}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('as Markdown says what could not be scanned, and how many there are', async () => {
    const text = await render('markdown', report);
    const count = activeFindings(report).length;
    const [first = ''] = text.split('\n');
    expect(first.includes('incomplete')).toBe(report.gaps.length > 0);
    if (report.gaps.length === 0) expect(first).toContain(count === 0 ? 'no leaked' : String(count));
    else expect(text).toContain(count === 0 ? 'No leaked' : plural(count, 'finding'));
    expect(text.length).toBeLessThan(200_000);
  });
});

describe.each(HOSTILE)('text of strangers: %j', (text) => {
  it('is no formula in CSV', async () => {
    const rows = parseCsv(await render('csv', await hostile(text)));
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+\-@|%]/);
    // eslint-disable-next-line no-control-regex
    for (const cell of rows.flat()) expect(cell).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
  });

  it('is text in JUnit', async () => {
    const written = await render('junit', await hostile(text));
    // eslint-disable-next-line no-control-regex
    expect(written).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF\u202E]|\p{Cs}/u);
    expect(parseXml(written).testsuites.testsuite.testcase.length).toBe(2);
  });

  it('appears only in code spans in Markdown', async () => {
    const written = await render('markdown', await hostile(text));
    const bare = written.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
    for (const sign of [
      '@',
      '#1',
      '~bug',
      '<script',
      '<img',
      'javascript:',
      'http://evil',
      'evil',
      ':tada:',
      '/assign',
      '/close',
      'cmd',
      'calc',
      'SUM',
    ])
      expect(bare).not.toContain(sign);
    for (const line of written.split('\n')) expect(line).not.toMatch(/^\s*\//);
    const rows = written.split('\n').filter((line) => line.startsWith('| '));
    // The renderer's pipe ends each cell.
    for (const row of rows) expect(row.replace(/\\\|/g, '').split('|').length).toBe(7);
  });
});

describe('the HTML page, without its script', () => {
  const plainText = (page: string): string =>
    page
      .replace(/<(script|style)[^]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .replace(/\s+/g, ' ');
  const ID = '1f'.repeat(20);

  it('names the repository, the ref and the commit, and says how bad it is and what to do first', async () => {
    const { report } = await SAMPLES['verified']!();
    const page = await render('html', {
      ...report,
      repository: 'ssh://gitlab.example.com/group/project.git',
      ref: 'main',
      commit: ID,
    });
    const { secrets, status, first } = summaryOf(report);
    expect(page).toContain(
      `<title>glaive: ${secrets} leaked credentials in group/project, main at ${ID.slice(0, 12)}</title>`,
    );
    const text = plainText(page);
    expect(text).toContain(`Still active ${status!.active} of ${secrets}`);
    const [, before, todo] = /^(.*) Do first (.*)$/.exec(text) ?? [];
    expect(before).toContain('Leaked credentials');
    for (const { findings } of first) expect(todo).toContain(findings[0].artifact.uri);
    expect(page).toContain(`href="https://gitlab.example.com/group/project/-/commit/${ID}" rel="noreferrer noopener"`);
  });

  it('names what it knows', async () => {
    const { commit: _, ...report } = (await SAMPLES['one']!()).report;
    const titleOf = async (more: Partial<Report>): Promise<string> =>
      /<title>(.*)<\/title>/.exec(await render('html', { ...report, ...more }))![1]!;
    expect(await titleOf({})).toBe('glaive: 1 leaked credential');
    expect(await titleOf({ commit: ID })).toBe('glaive: 1 leaked credential at 1f1f1f1f1f1f');
    expect(await titleOf({ ref: 'v1', findings: [] })).toBe('glaive: no leaked GitLab credentials, v1');
    expect(await titleOf({ repository: 'https://x.example/<b>/c' })).toBe('glaive: 1 leaked credential in &lt;b&gt;/c');
  });

  it('links to nothing if the pages of the repository are not certain', async () => {
    const { report } = await SAMPLES['history']!();
    const page = await render('html', { ...report, repository: 'ssh://git.example.com/group/project.git', commit: ID });
    expect(page.match(/<a href="(?!#)/g)).toBeNull();
    expect(
      await render(
        'html',
        { ...report, repository: 'ssh://git.example.com/a/b.git', commit: ID },
        { gitlabUrl: 'https://git.example.com' },
      ),
    ).toContain('href="https://git.example.com/a/b/-/commit/');
  });

  it('does not take known, accepted or unscanned for clean', async () => {
    const { report } = await SAMPLES['empty']!();
    const textOf = async (counts: Partial<Report['counts']>): Promise<string> =>
      plainText(await render('html', { ...report, counts: { ...report.counts, ...counts } }));
    expect(await textOf({})).toContain('Nothing was found in 1 file');
    expect(await textOf({ known: 60 })).toMatch(/No new leaked .*60 known from earlier runs, which remain/);
    expect(await textOf({ suppressed: 2 })).toContain('Nothing else was found in 1 file (15 B): 2 accepted');
    expect(await textOf({ artifacts: 0 })).toContain('Nothing was scanned');
  });

  it('says that nothing is urgent if all of them are dead', async () => {
    const { report } = await SAMPLES['expired']!();
    expect(plainText(await render('html', report))).toContain('None of them is active any more');
  });
});

it('the policy of the HTML page lets it run what it is, and nothing else', async () => {
  const { report } = await SAMPLES['one']!();
  const page = await render('html', report);
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!;
  expect(policy.split('; ').map((part) => part.split(' ')[0])).toEqual([
    'default-src',
    'script-src',
    'style-src',
    'base-uri',
    'form-action',
  ]);
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
  expect(page).not.toMatch(/\s(?:style|on\w+)=/);
});

describe.each([
  ['left out by a flag', { filtered: 2 }, 'no other', '2 left out by --min-severity or --in-head'],
  ['known before', { known: 1 }, 'no new', '1 known leak remains'],
] as const)('a report without findings, because all are %s, says so', (_, counts, none, why) => {
  it.each(['text', 'markdown', 'html', 'junit'] as const)('%s', async (format) => {
    const { report } = await SAMPLES['empty']!();
    const text = await render(format, { ...report, counts: { ...report.counts, ...counts } });
    expect(text).toMatch(new RegExp(`\\b${none} (?:leaked )?(?:GitLab )?credentials`, 'i'));
    expect(text).not.toMatch(/\bno (?:leaked )?(?:GitLab )?credentials/i);
    expect(text).toContain(format === 'html' ? String(Object.values(counts)[0]) : why);
  });
});

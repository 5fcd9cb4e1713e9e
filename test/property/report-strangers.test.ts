/** Text of strangers in a report: in every format it stays in its place, whatever it contains. */

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { Secret } from '../../src/model/secret.ts';
import { remarkOf } from '../../src/report/markdown.ts';
import { FORMATS, type FormatName } from '../../src/report/index.ts';
import { ruleLookup } from '../../src/report/lookups.ts';
import { SAMPLES } from '../support/sample-report.ts';

/** What has ended a place, or begun another, in some language. */
const PIECES = [
  '\n/merge\n',
  '\n\n/approve\n',
  '\r/close\r',
  '\u2028/label ~x\u2028',
  '\u0085',
  '@all ',
  '@group/team',
  '#1 !2 ~3 %4 $5 &6 ^7',
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '<!-- x',
  '-->',
  ']]>',
  '</table>',
  '<br>',
  '\u001b]8;;https://evil.example\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\u0000',
  '\u0007',
  '\u202e',
  '\u2066',
  '\u2060',
  '\ufeff',
  '`',
  '``',
  '```\n',
  '~~~\n',
  '|',
  '\\|',
  '\\\\|',
  '\\',
  '**',
  '__',
  '![x](https://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '](',
  'https://evil.example',
  'www.evil.example',
  '=cmd()',
  '+1',
  '-1',
  '@SUM(1)',
  '"',
  "'",
  '&lt;',
  '\t',
  '\ud800',
  '\udc00',
  '😀',
  ' ',
  'a',
  'word ',
  '- ',
  '1. ',
  '# ',
  '> ',
  '{{x}}',
];
const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

/** What is typed where a report is made or read, and so is no stranger's text. */
const TYPED = new Set([
  'severity',
  'confidence',
  'risk',
  'state',
  'status',
  'by',
  'kind',
  'secretFingerprint',
  'fingerprint',
  'secret',
  'command',
  'version',
  'commit',
  'blob',
  'checkedAt',
  'references',
  'url',
]);

/** The same report with every text of a stranger's replaced; ids of rules stay ids. */
function withTexts(report: Report, next: () => string): Report {
  const ids = new Map<string, string>();
  const swap = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (TYPED.has(key)) return value;
      if (key === 'ruleId' || key === 'id') {
        if (!ids.has(value)) ids.set(value, `${next()}${ids.size}`);
        return ids.get(value);
      }
      return next();
    }
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Secret) return value;
    if (Array.isArray(value)) return TYPED.has(key) ? value : value.map((item: unknown) => swap(item, key));
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, swap(inner, name)]));
  };
  return swap(
    {
      ...report,
      tool: { ...report.tool },
      rules: report.rules
        .filter(({ id }) => report.findings.some(({ ruleId }) => ruleId === id))
        .map((rule) => ({ ...rule, forms: [], routable: [], page: undefined })),
    },
    '',
  ) as Report; // the same shape
}

async function written(format: FormatName, report: Report): Promise<string> {
  const render = await FORMATS[format].load();
  return [...render(report, { color: false, quiet: false, showSuppressed: true })].join('');
}

/** What a terminal obeys, or what makes text lie; JSON escapes it all. */
const OBEYED =
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** What is left of Markdown when its code spans are gone, row by row and cell by cell as GFM cuts tables. */
function outsideCode(markdown: string): string {
  return markdown
    .split('\n')
    .flatMap((line) =>
      line.startsWith('|') ? [...line.matchAll(/(?:\\[!-/:-@[-`{-~]|[^|])+/g)].map(([cell]) => cell) : [line],
    )
    .map((text) => text.replace(/(?<!`)(`+)(?!`)(?:[^]*?[^`])\1(?!`)/g, ''))
    .join('\n');
}

function expectTame(markdown: string): void {
  expect(markdown).not.toMatch(OBEYED);
  const rest = outsideCode(markdown).replaceAll('<br>', ' ');
  expect(rest).not.toMatch(/[<@[\]!~$^&]|\w#|#\d|https?:|www\./);
  expect(rest).not.toContain('`');
  for (const line of markdown.split('\n')) expect(line).not.toMatch(/^\s*\//);
}

describe.each(Object.keys(SAMPLES))('the report "%s" with texts of strangers', (name) => {
  const check = async (test: (report: Report) => Promise<void> | void): Promise<void> => {
    const { report } = await SAMPLES[name]!();
    const small = { ...report, findings: report.findings.slice(0, 12) };
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(hostile),
        async (texts) => await test(withTexts(small, () => texts.next().value as string)),
      ),
      { numRuns: 4 },
    );
  };

  it('text: nothing that a terminal obeys', async () => {
    await check(async (report) => {
      expect(await written('text', report)).not.toMatch(OBEYED);
    });
  });

  it('markdown, and the threads of a merge request: all of it is code', async () => {
    await check(async (report) => {
      expectTame(await written('markdown', report));
      for (const finding of report.findings) expectTame(remarkOf(finding, ruleLookup(report)(finding)));
    });
  });

  it('html: its data is data, and its tags are its own', async () => {
    const tags = (page: string): string[] =>
      [...page.replace(/(<script id="data"[^>]*>)[^<]*/, '$1').matchAll(/<\/?[a-z!][^>]*>/gi)]
        .map(([tag]) => tag)
        .filter(
          (tag) =>
            !/^<\/?(?:li|p|span|wbr|svg|rect|line|tr|td|th|table|thead|tbody|figure|figcaption|details|summary|h2|title|h1)\b/.test(
              tag,
            ),
        );
    const { report: plain } = await SAMPLES[name]!();
    const own = new Set(tags(await written('html', plain)));
    await check(async (report) => {
      const page = await written('html', report);
      expect(page).not.toMatch(OBEYED);
      expect(() => JSON.parse(/<script id="data"[^>]*>([^<]*)</.exec(page)![1]!) as unknown).not.toThrow();
      for (const tag of tags(page)) expect(own).toContain(tag);
    });
  });

  it('json, jsonl, sarif, gitlab, codequality: JSON without a raw control', async () => {
    await check(async (report) => {
      for (const format of ['json', 'jsonl', 'sarif', 'gitlab', 'codequality'] as const) {
        const text = await written(format, report);
        expect(text).not.toMatch(OBEYED);
        for (const one of format === 'jsonl' ? text.trimEnd().split('\n') : [text])
          expect(() => JSON.parse(one) as unknown).not.toThrow();
        if (format === 'gitlab') {
          const { vulnerabilities } = JSON.parse(text) as { vulnerabilities: { description: string }[] };
          for (const { description } of vulnerabilities) expectTame(description);
        }
        if (format === 'sarif') {
          const { runs } = JSON.parse(text) as { runs: { results: { message: { text: string } }[] }[] };
          for (const { message } of runs.flatMap(({ results }) => results)) expect(message.text).not.toContain('](');
        }
      }
    });
  });

  it('junit and csv: well-formed', async () => {
    await check(async (report) => {
      const xml = await written('junit', report);
      expect(xml).not.toMatch(OBEYED);
      expect(XMLValidator.validate(xml)).toBe(true);
      const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml) as {
        testsuites: Record<string, unknown>;
      };
      expect(Object.keys(testsuites).filter((key) => !key.startsWith('@'))).toEqual(['testsuite']);
      const csv = await written('csv', report);
      expect(csv).not.toMatch(OBEYED);
      const rows = csv.trimEnd().split('\r\n');
      expect(rows).toHaveLength(report.findings.length + 1);
      for (const row of rows) expect(row).not.toMatch(/(?:^|,)"?\s*[=+@|%-]/);
    });
  });
});

/** A secret never leaves by our door: no format shows a token, or eight characters of one, or anything of its shape. */

import { describe, expect, it } from 'vitest';
import { type FormatName, FORMATS } from '../../src/report/index.ts';
import { distinctFindings } from '../../src/report/lookups.ts';
import { SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';
import { TOKEN_SHAPE } from '../support/token-shape.ts';
import { IS_LONG } from '../support/runs.ts';

const WINDOW = 8;

/** The parts of secrets that a text contains, plain or percent-encoded. */
function leaks(text: string, secrets: readonly string[]): string[] {
  const pieces = new Set<string>();
  for (const secret of secrets) {
    for (let at = 0; at + WINDOW <= secret.length; at++) pieces.add(secret.slice(at, at + WINDOW));
  }
  const decoded = text.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const found: string[] = [];
  for (const form of [text, decoded]) {
    for (let at = 0; at + WINDOW <= form.length; at++) {
      const piece = form.slice(at, at + WINDOW);
      if (pieces.has(piece)) found.push(form.slice(Math.max(0, at - 40), at).concat('<here>'));
    }
  }
  return found;
}

/** Every way in which a format can be asked to say more, or less. */
const FLAGS = [false, true].flatMap((color) =>
  [false, true].flatMap((showSuppressed) => [false, true].map((quiet) => ({ color, showSuppressed, quiet }))),
);
const LEAST_AND_MOST = FLAGS.filter(({ color, showSuppressed, quiet }) => color === showSuppressed && quiet !== color);

describe.each(Object.keys(SAMPLES))('the report "%s"', async (name) => {
  const { report, secrets } = await SAMPLES[name]!();

  it('knows its secrets', () => {
    expect(secrets.filter((secret) => secret.length < 20)).toEqual([]);
    expect(secrets.length > 0).toBe(report.findings.length > 0);
  });

  it.each(Object.keys(FORMATS) as FormatName[])('%s shows none', async (format) => {
    for (const flags of IS_LONG ? FLAGS : LEAST_AND_MOST) {
      const text = await render(format, report, flags);
      expect(leaks(text, secrets)).toEqual([]);
      expect(text).not.toMatch(TOKEN_SHAPE);
    }
  });

  it.each(Object.keys(FORMATS) as FormatName[])(
    '%s shows them in one place at most when they are asked for',
    async (format) => {
      const text = await render(format, report, { rawSecrets: true });
      const raw = [...text.matchAll(/^ *"raw_source_code_extract": "(.*)",?$/gm)].map(([line]) => line);
      const rest = raw.reduce((all, line) => all.replace(line, ''), text);
      expect(leaks(rest, secrets)).toEqual([]);
      expect(raw.length).toBe(format === 'gitlab' ? distinctFindings(report).length : 0);
    },
  );
});

it('a secret that leaked would be seen', async () => {
  const { report, secrets } = await SAMPLES['one']!();
  const text = await render('json', report);
  expect(leaks(text + secrets[0]!.slice(5, 13), secrets)).toHaveLength(2);
  const hidden = [...secrets[0]!].map((letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`).join('');
  expect(leaks(hidden, secrets)).toHaveLength(secrets[0]!.length - WINDOW + 1);
  expect(`glpat-${secrets[0]}`).toMatch(TOKEN_SHAPE);
});

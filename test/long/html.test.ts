/** The page in a browser: it works by keyboard and search, is readable for all, and runs nothing of what was scanned. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { CHROMIUM, openBrowser } from '../support/browser.ts';
import { reportWith, SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';
import { tempFolder } from '../support/temp-folder.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The folder for screenshots; unset: none are made. */
const PICTURES = process.env['GLAIVE_PICTURES'];

/** The page answers at once; the machine may have other work. */
const PATIENT = { timeout: 20_000 };

let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await openBrowser();
});
afterAll(async () => await browser?.close());

interface Opened {
  readonly page: Page;
  /** Errors of scripts, of the policy, and whatever was asked for. */
  readonly problems: string[];
}

async function open(
  report: Report,
  options: { readonly dark?: boolean; readonly width?: number } = {},
): Promise<Opened> {
  const file = join(tempFolder(), 'report.html');
  writeFileSync(file, await render('html', report, { showSuppressed: true }));
  const context = await browser.newContext({
    colorScheme: options.dark === true ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: 900 },
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('dialog', (dialog) => {
    problems.push('a dialog');
    void dialog.dismiss();
  });
  page.on('request', (request) => void (request.url() !== pathToFileURL(file).href && problems.push(request.url())));
  page.on('popup', () => problems.push('a window'));
  await page.goto(pathToFileURL(file).href);
  return { page, problems };
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: false });
}

/** What is opened is built a moment later. */
async function bodies(page: Page, count: number): Promise<void> {
  await expect.poll(async () => await page.locator('.findings .body').count(), PATIENT).toBe(count);
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; nodes: { target: string[] }[] }[];
  };
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ target }) => target.join(' '))
        .slice(0, 3)
        .join(', ')}`,
  );
}

const withHistory = (report: Report): Report => ({
  ...report,
  findings: report.findings.map((finding, index): Finding => {
    const month = String((index % 12) + 1).padStart(2, '0');
    return {
      ...finding,
      introduction: {
        commit: 'ab'.repeat(20),
        author: `Author ${index % 5} <a${index % 5}@example.com>`,
        date: `202${index % 7}-${month}-03T10:00:00Z`,
        uri: finding.artifact.uri,
        startLine: 1,
      },
      history: {
        reachable: true,
        refs: ['refs/heads/main'],
        refCount: 1,
        inHead: index % 2 === 0,
        ...(index % 2 === 0 ? {} : { removed: { commit: 'cd'.repeat(20), date: `2026-${month}-05T10:00:00Z` } }),
      },
    };
  }),
});

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  it.each([
    ['empty', 0, {}],
    ['some', 20, {}],
    ['dark', 20, { dark: true }],
    ['narrow', 20, { width: 360 }],
  ] as const)('is readable for all: %s', async (name, count, options) => {
    const { report } = count === 0 ? await SAMPLES['empty']!() : await reportWith(count, 3);
    const { page, problems } = await open(withHistory(report), options);
    await picture(page, name);
    for (const summary of (await page.locator('.findings summary').all()).slice(0, 2)) await summary.click();
    if (count > 0) {
      await page.locator('#findings').scrollIntoViewIfNeeded();
      await picture(page, `${name}-findings`);
    }
    expect([await violations(page), problems]).toEqual([[], []]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect(overflow).toBe(false);
  });

  it('says what could not be scanned', async () => {
    const { report } = await SAMPLES['gaps']!();
    const { page, problems } = await open(report);
    expect(await page.locator('.gaps li').count()).toBe(report.gaps.length);
    expect([await violations(page), problems]).toEqual([[], []]);
    await picture(page, 'gaps');
  });

  it('shows what was checked, and who accepted what', async () => {
    for (const name of ['verified', 'suppressed']) {
      const { report } = await SAMPLES[name]!();
      const { page, problems } = await open(report);
      for (const summary of await page.locator('.findings summary').all()) await summary.click();
      await bodies(page, report.findings.length);
      const text = await page.locator('.findings').textContent();
      for (const finding of report.findings) expect(text).toContain(finding.secretFingerprint);
      expect(text).toContain(name === 'verified' ? 'as gitlab.example.com says' : 'a fixture');
      await picture(page, name);
      expect([await violations(page), problems]).toEqual([[], []]);
    }
  });

  it('filters, searches and sorts', async () => {
    const { report } = await reportWith(60, 5);
    const { page } = await open(withHistory(report));
    const shown = async (): Promise<number> => Number(/^\d+/.exec((await page.locator('#count').textContent())!)![0]);
    expect(await shown()).toBe(60);
    await page.locator('#filter-confidence').selectOption('proven');
    const proven = report.findings.filter(({ confidence }) => confidence === 'proven').length;
    expect(await shown()).toBe(proven);
    expect(await page.locator('.bar[aria-pressed="true"]').count()).toBe(1);
    await page.locator('#reset').click();
    const { uri } = report.findings[0]!.artifact;
    await page.locator('#search').fill(uri.toUpperCase());
    await expect.poll(shown, PATIENT).toBe(report.findings.filter(({ artifact }) => artifact.uri === uri).length);
    await page.locator('#search').fill('nothing has this');
    await expect.poll(shown, PATIENT).toBe(0);
    await page.locator('#reset').click();
    await page.locator('#sort').selectOption('oldest');
    await page.locator('.findings summary').first().click();
    await bodies(page, 1);
    expect(await page.locator('.findings li').first().textContent()).toContain('on 2020-');
  });

  it('goes by keyboard alone', async () => {
    const { report } = await reportWith(70, 7);
    const { page } = await open(report);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    for (let tabs = 0; tabs < 12; tabs++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.tagName')) === 'SUMMARY') break;
    }
    await page.keyboard.press('Enter');
    expect(await page.locator('.findings details[open]').count()).toBe(1);
    await page.locator('#more').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.findings > li').count()).toBe(70);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
  });

  it('stays quick with ten thousand findings', { timeout: 120_000 }, async () => {
    const { report } = await reportWith(10_000, 11);
    const { page, problems } = await open(withHistory(report));
    expect(await page.locator('.findings > li').count()).toBe(50);
    await picture(page, 'many');
    // As a ratio to what the browser takes for the same work on fifty: no absolute time.
    const elements = await page.evaluate('document.querySelectorAll("*").length');
    expect(elements).toBeLessThan(3000);
    await page.locator('#search').fill('runner');
    await expect.poll(async () => await page.locator('#count').textContent(), PATIENT).toContain(' of 10000');
    expect([await violations(page), problems]).toEqual([[], []]);
  });

  it.each([
    '</script><script>alert(1)</script>',
    '<!--<script>',
    ']]></script><img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    'javascript:alert(1)//',
    '<iframe src="http://127.0.0.1:9/">',
    '<style>@import "http://127.0.0.1:9/x.css";</style>',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
    '<base href="http://127.0.0.1:9/">',
    '<form action="http://127.0.0.1:9/"><button autofocus>x',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '\u2028alert(1)\u2029',
    '${alert(1)} `',
    '\\u003cscript>alert(1)</script>',
    '{{constructor.constructor("alert(1)")()}}',
    '\u0000<script>\u0000alert(1)',
    '\u202Egnp.exe',
    '__proto__',
  ])('runs nothing of %j', async (text) => {
    const { report } = await SAMPLES['one']!();
    const finding = report.findings[0]!;
    const foul: Finding = {
      ...finding,
      artifact: { ...finding.artifact, uri: text, job: { server: text, project: text, id: '1', url: text } },
      excerpt: { text: `${text} glpat-[MASKED]`, markStart: 0, markEnd: 3 },
      introduction: { commit: text, author: text, date: text, uri: text, startLine: 1 },
      history: { reachable: true, refs: [text], refCount: 2, inHead: false, removed: { commit: text, date: text } },
      verification: {
        host: text,
        checkedAt: text,
        name: text,
        scopes: [text],
        notes: [text],
        owner: { kind: 'human', name: text },
        lastUsedIps: [text],
      },
      facts: { issuer: text, user: text },
      suppressions: [{ kind: 'external', by: 'allow', justification: text }],
    };
    const rules = report.rules.map((rule) => ({
      ...rule,
      name: text,
      description: text,
      revoke: [text],
      references: [text, `https://${text}`],
    }));
    const { page, problems } = await open({
      ...report,
      rules,
      findings: [foul],
      notes: [text],
      gaps: [{ kind: 'missing', uri: text, message: text, hint: text }],
    });
    await page.locator('.findings summary').first().click();
    await bodies(page, 1);
    await page.waitForTimeout(100);
    expect(problems).toEqual([]);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('iframe, img, form, base, link, object, embed').count()).toBe(0);
    for (const link of await page.locator('a').all())
      expect(await link.getAttribute('href')).toMatch(/^(?:https?:\/\/|#)/);
    const word = /[a-z]{3,}/i.exec(text)![0];
    expect(await page.locator('.findings').textContent()).toContain(word);
  });
});

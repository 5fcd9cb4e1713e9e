/** The page in a browser: it works by keyboard and search, is readable for all, and runs nothing of what was scanned. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { summaryOf } from '../../src/report/summary.ts';
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
  options: { readonly dark?: boolean; readonly width?: number; readonly hash?: string; readonly script?: false } = {},
): Promise<Opened> {
  const file = join(tempFolder(), 'report.html');
  writeFileSync(file, await render('html', report, { showSuppressed: true }));
  const address = pathToFileURL(file).href + (options.hash ?? '');
  const context = await browser.newContext({
    colorScheme: options.dark === true ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: 900 },
    ...(options.script === undefined ? {} : { javaScriptEnabled: options.script }),
  });
  onTestFinished(async () => await context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('dialog', (dialog) => {
    problems.push('a dialog');
    void dialog.dismiss();
  });
  page.on(
    'request',
    (request) => void (request.url().replace(/#.*/s, '') !== pathToFileURL(file).href && problems.push(request.url())),
  );
  page.on('popup', () => problems.push('a window'));
  await page.goto(address);
  return { page, problems };
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: false });
}

/** What is opened is built a moment later. */
async function bodies(page: Page, count: number): Promise<void> {
  await expect.poll(async () => await page.locator('.list .body').count(), PATIENT).toBe(count);
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

const COMMIT = 'ab'.repeat(20);
const withHistory = (report: Report): Report => ({
  ...report,
  repository: 'ssh://gitlab.example.com/group/project.git',
  ref: 'main',
  commit: COMMIT,
  findings: report.findings.map((finding, index): Finding => {
    const month = String((index % 12) + 1).padStart(2, '0');
    return {
      ...finding,
      introduction: {
        commit: COMMIT,
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
    for (const summary of (await page.locator('.list summary').all()).slice(0, 2)) await summary.click();
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
      for (const summary of await page.locator('.list summary').all()) await summary.click();
      await bodies(page, report.findings.length);
      const text = await page.locator('.list').textContent();
      for (const finding of report.findings) expect(text).toContain(finding.secretFingerprint);
      expect(text).toContain(name === 'verified' ? 'according to gitlab.example.com' : 'a fixture');
      await picture(page, name);
      expect([await violations(page), problems]).toEqual([[], []]);
    }
  });

  const shown = async (page: Page): Promise<number> =>
    Number(/^\d+/.exec((await page.locator('#count').textContent())!)![0]);
  const toggle = (page: Page, name: string) => page.locator('#facets').getByRole('button', { name });

  it('filters, searches and sorts', async () => {
    const { report } = await reportWith(60, 5);
    const { page } = await open(withHistory(report));
    expect(await shown(page)).toBe(60);
    await toggle(page, 'proven').click();
    expect(await shown(page)).toBe(report.findings.filter(({ confidence }) => confidence === 'proven').length);
    expect(await page.locator('[aria-pressed="true"]').count()).toBe(1);
    // Values of one group are alternatives, groups are combined.
    await toggle(page, 'likely').click();
    await toggle(page, 'still in HEAD').click();
    const both = report.findings.filter(
      ({ confidence }, index) => (confidence === 'proven' || confidence === 'likely') && index % 2 === 0,
    );
    expect(await shown(page)).toBe(both.length);
    await page.locator('#reset').click();
    await page.getByLabel('Introduced by').selectOption('Author 3 <a3@example.com>');
    expect(await shown(page)).toBe(12);
    await page.locator('#reset').click();
    const { uri } = report.findings[0]!.artifact;
    await page.locator('#search').fill(uri.toUpperCase());
    const inFile = report.findings.filter(({ artifact }) => artifact.uri === uri).length;
    await expect.poll(async () => await shown(page), PATIENT).toBe(inFile);
    await page.locator('#search').fill('nothing has this');
    await expect.poll(async () => await shown(page), PATIENT).toBe(0);
    await page.locator('#reset').click();
    await page.locator('#sort').selectOption('oldest');
    await page.locator('.list summary').first().click();
    await bodies(page, 1);
    expect(await page.locator('.list > li').first().textContent()).toContain('on 2020-');
  });

  it('keeps filters in its address, so that a link shows the same', async () => {
    const { report } = await reportWith(60, 5);
    const first = await open(withHistory(report));
    await toggle(first.page, 'critical').click();
    await toggle(first.page, 'in the history only').click();
    await first.page.locator('#sort').selectOption('oldest');
    await first.page.locator('#search').fill('Author 1');
    await expect.poll(() => first.page.url(), PATIENT).toContain('q=');
    const { hash } = new URL(first.page.url());
    const second = await open(withHistory(report), { hash });
    const stateOf = async (page: Page): Promise<unknown[]> => [
      await page.locator('#count').textContent(),
      await page.locator('[aria-pressed="true"]').allTextContents(),
      await page.locator('#sort').inputValue(),
      await page.locator('#search').inputValue(),
    ];
    expect(await stateOf(second.page)).toEqual(await stateOf(first.page));
    // What no finding has is ignored.
    const third = await open(report, { hash: '#severity=%3Cscript%3E&x=y&sort=z&author' });
    expect([await shown(third.page), third.problems]).toEqual([60, []]);
  });

  it('lists a secret once, with its places, and links to them', async () => {
    const { report } = await reportWith(1, 3);
    const [finding] = withHistory(report).findings;
    const places = ['a.env', 'dir/b c.env', 'd.env', 'e.env', 'f.env'];
    const findings = places.map((path, index): Finding => ({
      ...finding!,
      artifact: { kind: 'file', uri: path, path },
      introduction: { ...finding!.introduction!, uri: path },
      history: { ...finding!.history!, inHead: index === 1 },
    }));
    const { page, problems } = await open({ ...withHistory(report), findings });
    expect(await page.title()).toBe(`glaive: 1 leaked credential in group/project, main at ${COMMIT.slice(0, 12)}`);
    expect(await page.locator('h1').textContent()).toContain('group/project');
    expect(await page.locator('.list > li').count()).toBe(1);
    // Nothing was verified.
    expect(await page.locator('.list .state').count()).toBe(0);
    await page.locator('.list summary').click();
    await bodies(page, 1);
    expect(await page.locator('.places > li').count()).toBe(3);
    await page.getByRole('button', { name: 'Show 2 more places' }).click();
    expect(await page.locator('.places > li').count()).toBe(5);
    const links = await page.locator('.places .where a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    const base = `https://gitlab.example.com/group/project/-/blob/${COMMIT}`;
    expect(links).toEqual(['dir/b%20c.env', 'a.env', 'd.env', 'e.env', 'f.env'].map((path) => `${base}/${path}#L1`));
    await toggle(page, 'still in HEAD').click();
    await page.locator('.list summary').click();
    await bodies(page, 1);
    expect(await page.locator('.places > li').count()).toBe(1);
    expect(await page.locator('.list .body').textContent()).toContain('4 more of its places are left out');
    // The advice is there once, and the way back.
    await page.getByRole('button', { name: 'Impact and ways to revoke' }).click();
    expect(await page.locator('#types details[open] dd').first().isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Back to the finding' }).click();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Impact and ways to revoke');
    expect([await violations(page), problems]).toEqual([[], []]);
  });

  it('leads from what to do first to the card, whatever the filters are', async () => {
    const { report } = await reportWith(60, 5);
    const { page } = await open(withHistory(report), { hash: '#severity=info' });
    const { secretFingerprint } = summaryOf(withHistory(report)).first[2]!.findings[0];
    await page.getByRole('button', { name: 'Details of number 3' }).click();
    await bodies(page, 1);
    expect(await page.locator('.list .body').textContent()).toContain(secretFingerprint);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
    expect(new URL(page.url()).hash).toBe('');
  });

  it.each(['clipboard', 'selection'])('copies, and says so: by %s', async (way) => {
    const { report } = await reportWith(1, 3);
    const { page } = await open(report);
    await page.evaluate(
      way === 'clipboard'
        ? 'Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } })'
        : 'Object.defineProperty(navigator, "clipboard", { value: undefined }); document.execCommand = () => { window.copied = document.activeElement.value; return true; }',
    );
    await page.locator('.list summary').click();
    await page.getByRole('button', { name: 'Copy command to accept' }).click();
    await expect.poll(async () => await page.locator('#said').textContent(), PATIENT).toBe('Copied: command to accept');
    const { secretFingerprint } = report.findings[0]!;
    expect(await page.evaluate('window.copied')).toBe(`glaive accept ${secretFingerprint.slice(0, 12)} --reason "WHY"`);
  });

  it('prints everything that the filters let through, without buttons', async () => {
    const { report } = await reportWith(60, 5);
    const { page } = await open(withHistory(report), { hash: '#head=yes' });
    await page.emulateMedia({ media: 'print' });
    await bodies(page, await page.locator('.list > li').count());
    const secrets = new Set(report.findings.filter((_, index) => index % 2 === 0).map((one) => one.secretFingerprint));
    expect(await page.locator('.list > li').count()).toBe(secrets.size);
    expect(await page.locator('.list pre').first().isVisible()).toBe(true);
    for (const button of await page.locator('button').all()) expect(await button.isVisible()).toBe(false);
    await picture(page, 'print');
  });

  it('says the most important without its script', async () => {
    const { report } = await SAMPLES['verified']!();
    const { page, problems } = await open(withHistory(report), { script: false });
    const text = await page.locator('main').innerText();
    expect(text).toContain('Do first');
    for (const { artifact } of report.findings) expect(text).toContain(artifact.uri);
    expect(await page.locator('#app').isVisible()).toBe(false);
    expect(problems).toEqual([]);
    await picture(page, 'no-script');
  });

  it('goes by keyboard alone', async () => {
    const { report } = await reportWith(70, 7);
    const { page } = await open(report);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    for (let tabs = 0; tabs < 4; tabs++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.tagName')) === 'SUMMARY') break;
    }
    await page.keyboard.press('Enter');
    expect(await page.locator('.list details[open]').count()).toBe(1);
    await page.locator('#more').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.list > li').count()).toBe(70);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
  });

  it('stays quick with ten thousand findings', { timeout: 120_000 }, async () => {
    const { report } = await reportWith(10_000, 11);
    const { page, problems } = await open(withHistory(report));
    expect(await page.locator('.list > li').count()).toBe(40);
    await picture(page, 'many');
    // No absolute time: what the browser has to lay out is bounded.
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
    await page.locator('.list summary').first().click();
    await bodies(page, 1);
    await page.waitForTimeout(100);
    expect(problems).toEqual([]);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('iframe, img, form, base, link, object, embed').count()).toBe(0);
    for (const link of await page.locator('a').all())
      expect(await link.getAttribute('href')).toMatch(/^(?:https?:\/\/|#)/);
    const word = /[a-z]{3,}/i.exec(text)![0];
    expect(await page.locator('.list').textContent()).toContain(word);
  });
});

/** The dashboard in a browser: readable for all, on a phone and in the dark, without a script. */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, openBrowser } from '../support/browser.ts';
import { glaive } from '../support/run-cli.ts';
import { sampleFleet } from '../support/sample-fleet.ts';
import { tempFolder } from '../support/temp-folder.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The folder for screenshots; unset: none are made. */
const PICTURES = process.env['GLAIVE_PICTURES'];

let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await openBrowser();
});
afterAll(async () => await browser?.close());

async function pages(path?: string): Promise<string> {
  const folder = tempFolder();
  await sampleFleet(join(folder, 'store'), path);
  await glaive(['fleet', 'merge', '--store', join(folder, 'store'), '--output', `html=${join(folder, 'html')}`]);
  return join(folder, 'html');
}

describe.skipIf(CHROMIUM === undefined)('the pages of a fleet', () => {
  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { viewport: { width: 360, height: 780 } }],
  ])('are readable for all: %s', async (name, options) => {
    const folder = await pages();
    const files = readdirSync(folder).filter((file) => /^index|^group-(?:payments|platform)/.test(file));
    expect(files.length).toBe(3);
    for (const file of files) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      onTestFinished(async () => await context.close());
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
      const address = pathToFileURL(join(folder, file)).href;
      page.on('request', (request) => void (request.url() !== address && problems.push(request.url())));
      await page.goto(address);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `${name}-${file}.png`), fullPage: true });
      }
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.evaluate(AXE);
      const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
        violations: { id: string; nodes: { target: string[] }[] }[];
      };
      expect(violations.map(({ id, nodes }) => `${file} ${id}: ${nodes[0]!.target.join(' ')}`)).toEqual([]);
      // Nothing is wider than the screen; wide tables scroll for themselves.
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      expect(problems).toEqual([]);
    }
  });

  it.each(['</title><script>alert(1)</script>/x/y', '<img src=x onerror=alert(1)>/a/b', 'javascript:alert(1)/a/b'])(
    'run nothing of %s',
    async (path) => {
      const folder = await pages(path);
      for (const file of readdirSync(folder)) {
        const page = await browser.newPage();
        onTestFinished(async () => await page.close());
        const problems: string[] = [];
        page.on('dialog', (dialog) => {
          problems.push('a dialog');
          void dialog.dismiss();
        });
        page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
        await page.goto(pathToFileURL(join(folder, file)).href);
        expect([problems, await page.locator('script, img, iframe, form').count()]).toEqual([[], 0]);
        for (const link of await page.locator('a').all())
          expect(await link.getAttribute('href')).toMatch(
            /^(?:https:\/\/gitlab\.example\.com\/|#|group-|index\.html$)/,
          );
      }
    },
  );
});

/** The pictures of the README show what glaive prints today: `npm run pictures` makes them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FOLDER, hasTerminals, pageHash, reportPage, terminalPictures, VIEWPORT } from '../../scripts/pictures.ts';
import { readPng } from '../../scripts/pictures/png.ts';
import { find } from '../support/find.ts';
import { CLI } from '../support/run-cli.ts';

const root = join(import.meta.dirname, '..', '..');
const path = (name: string): string => join(root, FOLDER, name);
const AGAIN = 'it is out of date: run npm run pictures';

it.runIf(hasTerminals)('of terminals: byte for byte, and without a token', async () => {
  const pictures = await terminalPictures(CLI);
  expect([...pictures.keys(), 'report.png'].toSorted()).toEqual(readdirSync(join(root, FOLDER)).toSorted());
  for (const [name, svg] of pictures) {
    expect(readFileSync(path(name), 'utf8'), AGAIN).toBe(svg);
    expect(svg).toContain('[MASKED]');
    expect(await find(svg)).toEqual([]);
  }
});

it('of the HTML report: made from the page that glaive writes today', async () => {
  const png = readFileSync(path('report.png'));
  expect(readPng(png), AGAIN).toEqual({ ...VIEWPORT, page: pageHash(await reportPage(CLI)) });
  expect(png.length).toBeLessThan(80_000);
});

it('are in the README, with a text for those who cannot see them', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const images = [...readme.matchAll(/!\[([^\]]{20,})\]\((docs\/pictures\/[^)]+)\)/g)].map((match) => match[2]!);
  expect(images.length).toBeGreaterThanOrEqual(2);
  for (const image of images) expect(existsSync(join(root, image)), image).toBe(true);
});

/**
 * SARIF by its makers' own validator (@microsoft/sarif-multitool), which knows rules beyond the schema. It is 100 MB, so it is no
 * dependency: `SARIF_MULTITOOL` names the program, and without it this is left out.
 */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FORMATS } from '../../src/report/index.ts';
import { reportWith, SAMPLES } from '../support/sample-report.ts';
import { HOMEPAGE } from '../../src/generated/package.ts';
import { render } from '../support/sample-scan.ts';
import { tempFolder } from '../support/temp-folder.ts';

const tool = process.env['SARIF_MULTITOOL'];

/** What it says, `level RULE`, each once. */
function said(files: readonly string[]): string[] {
  const text = execFileSync(tool!, ['validate', ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(text).toContain('Analysis completed successfully.');
  return [
    ...new Set([...text.matchAll(/: (error|warning) ([A-Z]+\d+):/g)].map(([, level, rule]) => `${level} ${rule}`)),
  ];
}

it.skipIf(tool === undefined)('finds no error in any report', { timeout: 300_000 }, async () => {
  const folder = tempFolder();
  const files: string[] = [];
  const write = (name: string, text: string): void => {
    files.push(join(folder, `${name.replace(/\W+/g, '-')}.sarif`));
    writeFileSync(files.at(-1)!, text);
  };
  for (const [name, sample] of Object.entries(SAMPLES)) write(name, await render('sarif', (await sample()).report));
  const large = (await FORMATS.sarif.loadFiles())((await reportWith(10_000)).report);
  for (const [index, pieces] of large.entries()) write(`large ${index}`, [...pieces].join(''));
  const problems = said(files);
  expect(problems.filter((problem) => problem.startsWith('error'))).toEqual([]);
  // Without a home page in package.json there is no address to name (informationUri).
  const warnings = HOMEPAGE === '' ? ['warning SARIF2005'] : [];
  expect(problems.filter((problem) => problem.startsWith('warning'))).toEqual(warnings);
});

it.skipIf(tool === undefined)('would see an error', async () => {
  const file = join(tempFolder(), 'broken.sarif');
  const text = await render('sarif', (await reportWith(1)).report);
  writeFileSync(file, text.replace('"startLine": 2', '"startLine": -2'));
  expect(said([file]).some((problem) => problem.startsWith('error'))).toBe(true);
});

/** 10 000 tokens in every kind of archive: all found, to the byte. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gzip, tar, zip } from '../support/archives.ts';
import { KINDS, mint, place, Random } from '../support/mint.ts';
import { scanJson } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { tempFolder } from '../support/temp-folder.ts';

const COUNT = 10_000;
type Files = Readonly<Record<string, string>>;

const PACK: Readonly<Record<string, (files: Files) => Buffer>> = {
  zip: (files) => zip(Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text) }))),
  tar,
  'tar.gz': (files) => gzip(tar(files)),
  'zip in tar.gz': (files) => gzip(tar({ 'inner.zip': PACK['zip']!(files) })),
  'gzip in tar': (files) =>
    tar(Object.fromEntries(Object.entries(files).map(([name, text]) => [name.replace('.txt', '.gz'), gzip(text)]))),
};

it('every token in every kind of archive is found with its exact span', async () => {
  const rows: Record<string, string | number>[] = [];
  for (const [index, [kind, pack]] of Object.entries(PACK).entries()) {
    const random = new Random(3000 + index);
    const kinds = Object.keys(KINDS);
    const files: Record<string, string> = {};
    const expected: string[] = [];
    for (let at = 0; at < COUNT; at++) {
      const { text, start, end } = place(random.pick(kinds), random, mint);
      files[`d${at % 100}/${at}.txt`] = text;
      expected.push(`${at} ${start}+${end - start}`);
    }
    const folder = tempFolder();
    writeFileSync(join(folder, 'archive'), pack(files));
    const { report } = await scanJson(['--min-confidence', 'unlikely'], { cwd: folder });
    const found = new Set(
      report.findings.flatMap(({ artifact, regions }) =>
        regions.map(
          ({ byteOffset, byteLength }) => `${/(\d+)(?:\.txt)?$/.exec(artifact.uri)?.[1]} ${byteOffset}+${byteLength}`,
        ),
      ),
    );
    const exact = expected.filter((one) => found.has(one)).length;
    rows.push({ archive: kind, tokens: COUNT, exact });
  }
  printTable('Archives: tokens packed, and found with the exact span', rows);
  expect(rows.every(({ tokens, exact }) => tokens === exact)).toBe(true);
});

/** 10 000 tokens in every kind of archive: all found, to the byte; bombs, and archives of very many entries. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gzip, tar, zip } from '../support/archives.ts';
import { KINDS, mint, place, Random } from '../support/mint.ts';
import { scanJson } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

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

describe('hostile archives', () => {
  it('a bomb is stopped', async () => {
    const folder = tempFolder();
    const zeros = gzip(Buffer.alloc(900_000_000));
    writeFiles(folder, { 'bomb.gz': zeros, 'bomb.zip': zip([{ name: 'x', content: Buffer.alloc(400_000_000) }]) });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-limit': 2 });
    expect(code).toBe(0);
  });

  it('hundreds of thousands of entries', async () => {
    const folder = tempFolder();
    const entries = Array.from({ length: 60_000 }, (_, index) => ({
      name: `${index}`,
      content: Buffer.alloc(0),
      stored: true,
    }));
    writeFiles(folder, { 'many.zip': zip(entries) });
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.counts.artifacts]).toEqual([0, 60_001]);
  });
});

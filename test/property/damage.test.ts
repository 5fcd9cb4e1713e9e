/** Containers that are cut short or damaged: each reading ends soon, and no stack trace is shown. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONTAINERS, has, pack } from '../support/containers.ts';
import { Random } from '../support/mint.ts';
import { runs, some } from '../support/runs.ts';
import { scanJson } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const COUNT = runs({ fast: 2, long: 40 });
const random = new Random(2411);
const lines = (count: number): string =>
  Array.from({ length: count }, (_, line) => `${line} ${random.bytes(9).toString('hex')}\n`).join('');

/** Cut at any place, or one byte changed. */
const damaged = (bytes: Buffer): Buffer => {
  const at = random.below(bytes.length);
  if (random.below(2) === 0) return bytes.subarray(0, at);
  const changed = Buffer.from(bytes);
  changed[at]! ^= 1 << random.below(8);
  return changed;
};

it('each kind of container', { timeout: 900_000 }, async () => {
  const folder = tempFolder();
  for (const container of some(
    CONTAINERS.filter(({ needs }) => needs.every(has)),
    24,
  )) {
    const bytes = pack(container, lines(300), lines(300));
    for (let run = 0; run < COUNT; run++) {
      const name = `${container.kind.replaceAll(/\W+/g, '-')}-${run}${container.name ?? ''}`;
      writeFileSync(join(folder, name), damaged(bytes));
    }
  }
  const { code, report } = await scanJson([], { cwd: folder });
  expect(report.findings).toEqual([]);
  expect([0, 2]).toContain(code);
});

it('lzma that ends where zeros would go on for ever', async () => {
  const folder = tempFolder();
  const header = [0x5d, 0, 0, 1, 0, ...Array.from({ length: 8 }, () => 0xff)];
  writeFileSync(join(folder, 'a.lzma'), Buffer.from([...header, ...Array.from({ length: 13 }, () => 0)]));
  const { code, report } = await scanJson(['a.lzma'], { cwd: folder });
  expect([code, report.gaps.length]).toEqual([2, 1]);
});

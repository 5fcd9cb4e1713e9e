/** Offsets beyond what 31 and 32 bits hold, with tokens across every kind of border. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = tokenMint(99);

it.each([1, 3])('tokens across 2 GiB and 4 GiB, and across windows beyond, with %d threads', async (threads) => {
  const folder = tempFolder();
  const file = openSync(join(folder, 'big.bin'), 'w');
  const offsets = [
    5,
    2 ** 31 - 13,
    2 ** 31 + 262_144 - 7,
    2 ** 32 - 1,
    2 ** 32 + 3 * 262_144 - 20,
    2 ** 32 + 5_000_000,
  ];
  const secrets = offsets.map((offset) => {
    const secret = token();
    writeSync(file, `\n${secret}\n`, offset - 1);
    return secret;
  });
  closeSync(file);
  const { report, stdout } = await scanJson(['--threads', String(threads), '.'], { cwd: folder });
  expect(report.findings.flatMap(({ regions }) => regions.map(({ byteOffset }) => byteOffset))).toEqual(offsets);
  expect(report.findings.flatMap(({ regions }) => regions.map(({ startLine }) => startLine))).toEqual(
    offsets.map((_, index) => 2 * index + 2),
  );
  expect(report.counts.bytes).toBe(2 ** 32 + 5_000_000 + secrets[0]!.length + 1);
  for (const secret of secrets) expect(stdout).not.toContain(secret.slice(6));
});

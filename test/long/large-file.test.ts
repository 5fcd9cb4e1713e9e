/** Positions beyond what 32 bits hold. */

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = tokenMint(2031);

it('a file of more than 2 GiB: every position is exact', async () => {
  const folder = tempFolder();
  const size = 2 ** 31 + 2 ** 26;
  const beyond = `ü\n  é = "${token()}"\n`;
  const last = token();
  const file = openSync(join(folder, 'big'), 'w');
  ftruncateSync(file, size);
  writeSync(file, '\n', 2 ** 31 - 10);
  writeSync(file, beyond, 2 ** 31);
  writeSync(file, last, size - last.length);
  closeSync(file);
  const { code, report } = await scanJson(['big'], { cwd: folder });
  const prefix = Buffer.byteLength('ü\n  é = "');
  expect(report.findings.map(({ regions }) => regions[0])).toMatchObject([
    { byteOffset: 2 ** 31 + prefix, startLine: 3, startColumn: 8 },
    {
      byteOffset: size - last.length,
      startLine: 4,
      startColumn: size - last.length - (2 ** 31 + Buffer.byteLength(beyond)) + 1,
    },
  ]);
  expect(report.counts).toMatchObject({ artifacts: 1, bytes: size, gaps: 0 });
  expect(code).toBe(1);
});

/** When a thread fails nothing is called clean: the scan fails, says why, and ends. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../../src/detect/search/create-kernel.ts';
import type { ScanRequest } from '../../../src/scan/request.ts';
import { scan } from '../../../src/scan/scan.ts';
import { filesSource } from '../../../src/sources/files.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

/** A scan of many files in a folder whose threads run this. */
function requestWith(worker: string, files = 400): ScanRequest {
  const folder = tempFolder();
  writeFiles(folder, Object.fromEntries(Array.from({ length: files }, (_, index) => [`f${index}`, 'nothing\n'])));
  const file = join(tempFolder(), 'worker.cjs');
  writeFileSync(file, worker);
  return {
    command: 'scan',
    sources: [filesSource({ paths: ['.'], cwd: folder, base: folder, env: process.env })],
    ruleset: builtinRuleset(),
    minConfidence: 'likely',
    strict: false,
    clock: () => new Date(0),
    threads: { count: 3, worker: file, worth: 0 },
  };
}

describe('a scan whose threads', () => {
  it.each([
    ['throw', "exports.matchFiles = () => { throw new Error('broken'); };", /a worker thread failed.*broken/],
    ['reject', "exports.matchFiles = async () => { throw new Error('broken'); };", /a worker thread failed.*broken/],
    ['end', 'exports.matchFiles = () => { process.exit(3); };', /a worker thread failed/],
    ['do not start', "throw new Error('no start');", /a worker thread failed/],
    [
      'run out of memory',
      'exports.matchFiles = () => { const all = []; for (;;) all.push(new Array(1e6).fill(1.5)); };',
      /a worker thread failed.*memory/i,
    ],
  ])('%s fails, with the way out', async (_, worker, message) => {
    await expect(scan(requestWith(worker))).rejects.toMatchObject({
      code: 'thread',
      message: expect.stringMatching(message) as string,
      hint: 'Run it in one thread: --threads 1',
    });
  });

  it('answer is whole', async () => {
    const report = await scan(requestWith('exports.matchFiles = (batch) => batch.map(() => 8);'));
    expect(report.counts).toMatchObject({ artifacts: 400, bytes: 400 * 8 });
    expect(createKernel({ texts: ['glpat-'] }, 64).name).toBe('simd');
  });
});

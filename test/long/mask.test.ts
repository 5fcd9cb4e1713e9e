/** Gigabytes through `glaive mask` and `glaive logs`: what they hold in memory does not grow. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';

const MB = 1024 * 1024;

it('a stream of 2 GB takes no more memory than one of 64 MB', { timeout: 300_000 }, async () => {
  const small = await peakOf(['mask'], 64);
  const large = await peakOf(['mask'], 2048);
  printTable('glaive mask: peak RSS', [
    { stream: '64 MB', 'RSS MB': Math.round(small / 1024) },
    { stream: '2 GB', 'RSS MB': Math.round(large / 1024) },
  ]);
  expect(large).toBeLessThan(small + 64 * 1024);
});

it('a log of 1 GB takes no more memory than one of 64 MB', { timeout: 300_000 }, async () => {
  const small = await peakOf(['logs', '-', '--exit-zero'], 64);
  const large = await peakOf(['logs', '-', '--exit-zero'], 1024);
  printTable('glaive logs: peak RSS', [
    { log: '64 MB', 'RSS MB': Math.round(small / 1024) },
    { log: '1 GB', 'RSS MB': Math.round(large / 1024) },
  ]);
  expect(large).toBeLessThan(small + 64 * 1024);
});

/** Kilobytes. */
async function peakOf(args: readonly string[], megabytes: number): Promise<number> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = `2026-08-22T00:00:00.000001Z 01O \u001B[32m${'an ordinary line of a log, '.repeat(4)}\u001B[0m glpat-[MASKED] ${'x'.repeat(30)}\n`;
  const block = Buffer.from(`${line.repeat(MB / line.length)}${tokenMint(1)()}\n`);
  let written = 0;
  let given = 0;
  let peak = 0;
  child.stdout.on('data', (bytes: Buffer) => (given += bytes.length));
  const closed = new Promise((resolve) => child.stdout.on('end', resolve));
  for (let count = 0; count < megabytes; count++) {
    written += block.length;
    if (!child.stdin.write(block)) await new Promise((resolve) => child.stdin.once('drain', resolve));
    if (count % 16 === 0) peak = Math.max(peak, peakSoFar(child.pid!)); // it runs
  }
  peak = Math.max(peak, peakSoFar(child.pid!));
  child.stdin.end();
  await closed;
  // Each block has one token, which is 20 characters long, and the mask 8.
  if (args[0] === 'mask') expect(given).toBe(written - 12 * megabytes);
  return peak;
}

function peakSoFar(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

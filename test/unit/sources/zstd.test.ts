/** Streams of zstd that ask for more than they need, end early or hold nothing: each is reported, and none costs memory or time. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { glaive } from '../../support/run-cli.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A block that is the last one: so many bytes as they are. */
const stored = (text: string): number[] => [(text.length << 3) | 1, text.length >> 5, 0, ...Buffer.from(text)];
/** The header of a frame whose window has 2 to the power of `exponent` bytes. */
const frame = (exponent: number): number[] => [...MAGIC, 0, (exponent - 10) << 3];

async function scan(bytes: readonly number[]): Promise<{ readonly code: number | string; readonly text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'glaive-zstd-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.zst');
  writeFileSync(file, Uint8Array.from(bytes));
  const { code, stdout, stderr } = await glaive(['scan', file], { cwd: folder });
  return { code, text: stdout + stderr };
}

it.each([
  ['a frame', [...frame(20), ...stored('nothing to be found here')], 0, /no GitLab credentials/],
  ['several frames', [...frame(20), ...stored('one'), ...frame(17), ...stored('two')], 0, /no GitLab credentials/],
  ['a window of 2 GB', [...frame(31), ...stored('nothing to be found here')], 2, /limit/],
  ['a frame that is cut short', [...frame(20), ...stored('nothing to be found here').slice(0, -2)], 2, /cut short/],
  [
    'a frame with damage',
    [...frame(20), 0xff, 0xff, 0xff, ...stored('nothing to be found here')],
    2,
    /zstd: corrupt|zstd/,
  ],
  ['bytes behind a frame', [...frame(20), ...stored('nothing to be found here'), 1, 2, 3, 4, 5, 6], 2, /unknown frame/],
])('%s', async (_, bytes, code, text) => {
  const result = await scan(bytes);
  expect(result.text).toMatch(text);
  expect(result.code).toBe(code);
});

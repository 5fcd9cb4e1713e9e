/** Large entries of a tar file are read as streams, at any time after the archive itself. */

import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Budget, unpack } from '../../../src/sources/archives/index.ts';
import { memoryInput } from '../../../src/sources/memory.ts';
import { tar } from '../../support/archives.ts';

it.each([0, 50])('a tar file that is cut short says so in its last entry, if that is read after %i ms', async (ms) => {
  const whole = tar({ huge: Buffer.alloc(33 * 1024 * 1024, 'text\n') });
  const messages: string[] = [];
  try {
    for await (const entry of unpack(memoryInput(whole.subarray(0, 1000)), 'tar', new Budget())) {
      await setTimeout(ms);
      const reader = entry.open();
      const target = new Uint8Array(64 * 1024);
      while ((await reader.read(target)) > 0);
    }
  } catch (error) {
    messages.push((error as Error).message);
  }
  expect(messages).toEqual([expect.stringContaining('Unexpected end of data')]);
});

/** Turns between processes: one at a time, and a process that has ended blocks no other. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inTurn } from '../../../src/lib/turn-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('lets one work at a time, and gives the turn back, also after a failure', async () => {
  const path = join(tempFolder(), 'turn');
  let [working, most] = [0, 0];
  const work = async (): Promise<void> => {
    working++;
    most = Math.max(most, working);
    await new Promise((resolve) => setTimeout(resolve, 5));
    working--;
    throw new Error('failed');
  };
  const ended = await Promise.allSettled([inTurn(path, work), inTurn(path, work), inTurn(path, work)]);
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

it('takes the turn of one that has not touched it for so long', async () => {
  const path = join(tempFolder(), 'turn');
  writeFileSync(path, 'elsewhere pid:[1] 7 abc');
  expect(await inTurn(path, async () => 'done', { deadAfter: 50 })).toBe('done');
  expect(existsSync(path)).toBe(false);
});

it('waits no longer than the signal allows', async () => {
  const path = join(tempFolder(), 'turn');
  writeFileSync(path, 'elsewhere pid:[1] 7 abc');
  const signal = AbortSignal.timeout(30);
  await expect(inTurn(path, async () => 'done', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(existsSync(path)).toBe(true);
});

it.skipIf(process.platform !== 'linux')('sees that a process of this machine has ended', async () => {
  const path = join(tempFolder(), 'turn');
  await inTurn(path, async () => {
    const name = readFileSync(path, 'utf8');
    const other = join(tempFolder(), 'turn');
    // No process has such a number.
    writeFileSync(other, name.replace(` ${process.pid} `, ' 99999999 '));
    expect(readFileSync(other, 'utf8')).not.toBe(name);
    expect(await inTurn(other, async () => 'done')).toBe('done');
  });
});

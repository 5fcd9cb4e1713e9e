/** Archives that need more memory than there is left are skipped because of the limit: they are not damaged. */

import { expect, it } from 'vitest';
import { Skipped } from '../../../src/model/gap.ts';
import { Budget } from '../../../src/sources/archives/budget.ts';
import { type Decoder, unxz } from '../../../src/sources/archives/decoders.ts';
import { LibarchiveReader } from '../../../src/sources/archives/libarchive.ts';

const MB = 1024 * 1024;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function unpack(decoder: Decoder, budget: Budget): Promise<void> {
  for await (const _ of decoder(once(Buffer.alloc(100)), { packed: 0 }, budget));
}

/** Has so many megabytes left. */
function budgetOf(megabytes: number): Budget {
  const budget = new Budget();
  let taken = 0;
  while (budget.reserve(MB)) taken++;
  budget.release(megabytes * MB);
  expect(taken).toBeGreaterThan(100);
  return budget;
}

it('a stream with a large dictionary', async () => {
  await expect(unpack(unxz, budgetOf(1))).rejects.toEqual(new Skipped('archive-limit'));
});

it('an archive that does not fit', async () => {
  const opened = LibarchiveReader.open([Buffer.alloc(2 * MB)], '7z', budgetOf(4));
  await expect(opened).rejects.toEqual(new Skipped('archive-limit'));
});

it('no archive', async () => {
  const opened = LibarchiveReader.open([Buffer.from('nothing')], '7z', new Budget());
  await expect(opened).rejects.toThrow('no archive is recognised');
});

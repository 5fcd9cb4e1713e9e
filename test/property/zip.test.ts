/** Small entries of zip files are unpacked at once; what comes of it is what streams of the package yield, also where bytes are damaged. */

import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import yauzl from 'yauzl';
import type { Input } from '../../src/model/artifact.ts';
import { Budget } from '../../src/sources/archives/budget.ts';
import { unzip } from '../../src/sources/archives/zip.ts';
import { readWhole } from '../../src/sources/archives/bytes-of.ts';
import { memoryInput } from '../../src/sources/memory.ts';
import { zip } from '../support/archives.ts';
import { runs } from '../support/runs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Each entry in hex, and whether an error ended them. */
interface Unpacked {
  readonly entries: readonly string[];
  readonly failed: boolean;
}

async function atOnce(input: Input): Promise<Unpacked> {
  const entries: string[] = [];
  try {
    for await (const entry of unzip(input, new Budget())) entries.push((await readWhole(entry)).toString('hex'));
  } catch {
    return { entries, failed: true };
  }
  return { entries, failed: false };
}

interface Zip {
  eachEntry(): AsyncIterable<{ readonly fileName: Uint8Array }>;
  openReadStreamPromise(entry: object): Promise<NodeJS.ReadableStream>;
}

async function asStreams(bytes: Buffer): Promise<Unpacked> {
  const entries: string[] = [];
  try {
    const { fromBufferPromise } = yauzl as unknown as {
      fromBufferPromise(bytes: Buffer, options: object): Promise<Zip>;
    };
    const file = await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false, autoClose: false });
    for await (const entry of file.eachEntry())
      entries.push((await buffer(await file.openReadStreamPromise(entry))).toString('hex'));
  } catch {
    return { entries, failed: true };
  }
  return { entries, failed: false };
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(5000))
    .map(([piece, times]) => Buffer.alloc(times, piece)),
);
const files = fc.array(fc.record({ content: content.map((bytes) => Buffer.from(bytes)), stored: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
});
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });

it('entries that are unpacked at once are those that the streams yield, damaged or not', async () => {
  const path = join(tempFolder(), 'a.zip');
  let damaged = 0;
  await fc.assert(
    fc.asyncProperty(files, damage, async (entries, changes) => {
      const bytes = zip(entries.map((entry, index) => ({ ...entry, name: `f${index}` })));
      // The table at the end is read by the package alone.
      const table = bytes.indexOf('PK\x01\x02', 0, 'latin1');
      for (const [at, value] of changes) bytes[at % table] = value;
      const expected = await asStreams(bytes);
      if (expected.failed) damaged++;
      const input = memoryInput(bytes);
      expect(await atOnce(input)).toEqual(expected);
      writeFileSync(path, bytes);
      expect(await atOnce({ ...input, file: { path, uri: 'a.zip', explicit: true } })).toEqual(expected);
    }),
    { numRuns: runs({ fast: 60, long: 3000 }), seed: 20_261_129 },
  );
  expect(damaged).toBeGreaterThan(5);
});

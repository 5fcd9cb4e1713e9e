/** The compressed texts of a PNG (PNG specification, 11.3.3). Others were searched with the file. */

import { inflateSync } from 'node:zlib';
import { isCompressed } from '../../lib/document-magics.ts';
import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { memoryInput } from '../memory.ts';
import type { Budget } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';
import { Feed } from './feed.ts';

const SIGNATURE = 8;
/** A larger text is not held in memory. */
const [PACKED_MAX, TEXT_MAX] = [16 * 1024 * 1024, 64 * 1024 * 1024];

/** @throws Skipped over a limit */
export async function* unpackPng(input: Input, budget: Budget): AsyncGenerator<Input> {
  const feed = new Feed(bytesOf(input));
  try {
    await feed.take(SIGNATURE);
    for (let count = 1; ;) {
      const head = await feed.take(8);
      if (head.length < 8) throw new Error('unexpected end of file');
      const [length, type] = [head.readUInt32BE(0), head.toString('latin1', 4)];
      if (type === 'IEND') return;
      if (type !== 'zTXt' && type !== 'iTXt') {
        await feed.pass(length + 4);
        continue;
      }
      if (length > PACKED_MAX) throw new Skipped('archive-limit');
      const packed = packedText(type, await feed.take(length));
      await feed.pass(4);
      if (packed === undefined) continue;
      budget.entry();
      const text = inflateSync(packed, { maxOutputLength: TEXT_MAX });
      budget.spend(text.length, text.length, packed.length);
      yield memoryInput(text, entryArtifact(input.artifact, `text ${count++}`));
    }
  } finally {
    await feed.close();
  }
}

/** The compressed bytes after the keyword; undefined if the text is not compressed. */
function packedText(type: string, chunk: Buffer): Buffer | undefined {
  const keyword = chunk.indexOf(0);
  if (type === 'zTXt') return chunk.subarray(keyword + 2);
  if (!isCompressed(chunk)) return undefined;
  const language = chunk.indexOf(0, keyword + 3);
  return chunk.subarray(chunk.indexOf(0, language + 1) + 1);
}

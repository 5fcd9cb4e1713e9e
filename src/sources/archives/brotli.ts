/** Brotli, which has no magic number: files are taken for it by their names. */

import { isUtf8 } from 'node:buffer';
import { createBrotliDecompress } from 'node:zlib';
import { characterStart } from '../../lib/text-position.ts';
import type { Input } from '../../model/artifact.ts';
import type { Budget } from './budget.ts';
import { Feed } from './feed.ts';
import { headOf, streamEntry } from './stream-entry.ts';
import { inflated } from './streams.ts';

const HEAD = 4096;

/** Nothing if it is text: `.br` is also an ending of other files. */
export async function* unbrotli(input: Input, budget: Budget): AsyncGenerator<Input> {
  const [head, isAll] = await headOf(input, 0, HEAD);
  if (isUtf8(isAll ? head : head.subarray(0, characterStart(head, head.length)))) return;
  yield* streamEntry(input, budget, async function* (pieces, progress) {
    const feed = new Feed(pieces);
    try {
      for await (const piece of inflated(feed, createBrotliDecompress())) {
        progress.packed = feed.offset;
        yield piece;
      }
      if ((await feed.take(1)).length > 0) progress.rest = feed.offset - 1;
    } finally {
      await feed.close();
    }
  });
}

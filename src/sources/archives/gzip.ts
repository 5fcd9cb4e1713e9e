/** Files compressed by gzip, and zlib streams. Each contains one thing, often a tar file. */

import type { Input } from '../../model/artifact.ts';
import type { Budget } from './budget.ts';
import { headOf, streamEntry } from './stream-entry.ts';

export async function* gunzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { gunzipAll } = await import('./streams.ts');
  yield* streamEntry(input, budget, gunzipAll);
}

/** How many bytes show whether it is a zlib stream: text that starts like one does not continue like one. */
const HEAD = 4096;
/** A zlib stream, the form of git's objects; nothing if it only starts like one. */
export async function* inflate(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { constants, inflateSync } = await import('node:zlib');
  const [head, isAll] = await headOf(input, 0, HEAD);
  try {
    if (inflateSync(head, isAll ? {} : { finishFlush: constants.Z_SYNC_FLUSH }).length === 0) return;
  } catch {
    return;
  }
  const { inflateOne } = await import('./streams.ts');
  yield* streamEntry(input, budget, inflateOne);
}

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
  yield* streamEntry(input, budget, (pieces, progress) => withoutHeader(inflateOne(pieces, progress)));
}

/** A loose object of git has a header; what follows may be an archive. */
const OBJECT = /^(?:blob|commit|tag|tree) \d{1,20}\0/;
const OBJECT_MAX = 32;

async function* withoutHeader(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (first === undefined) yield piece;
    else {
      first = Buffer.concat([first, piece]);
      if (first.length < OBJECT_MAX) continue;
      yield bodyOf(first);
      first = undefined;
    }
  }
  if (first !== undefined) yield bodyOf(first);
}

function bodyOf(object: Buffer): Buffer {
  const [header = ''] = OBJECT.exec(object.toString('latin1', 0, OBJECT_MAX)) ?? [];
  return object.subarray(header.length);
}

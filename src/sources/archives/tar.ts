/** Tar files. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Input } from '../../model/artifact.ts';
import { type Budget, metered } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { entryArtifact, entryInput } from './entry.ts';

/** Types of entries that hold bytes. */
const FILES = new Set(['file', 'contiguous-file']);

export async function* untar(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { default: tar } = await import('tar-stream');
  const extract = tar.extract();
  // What goes wrong in the source is thrown by the stream.
  pipeline(Readable.from(bytesOf(input)), extract).catch(() => {});
  for await (const entry of extract) {
    budget.entry();
    const { name, type, size } = entry.header;
    if (FILES.has(type ?? 'file')) {
      const pieces = metered(entry as AsyncIterable<Uint8Array>, budget, undefined);
      yield await entryInput(entryArtifact(input.artifact, name), pieces, size);
    }
    // What was not read of it must be passed by.
    entry.resume();
  }
}

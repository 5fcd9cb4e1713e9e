/** Tar files. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Input } from '../../model/artifact.ts';
import { type Budget, metered } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { entryArtifact, entryInput } from './entry.ts';

/** Types of entries with content. */
const FILES = new Set(['file', 'contiguous-file']);

export async function* untar(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { default: tar } = await import('tar-stream');
  const extract = tar.extract();
  const failure = pipeline(Readable.from(bytesOf(input)), extract).then(
    () => undefined,
    (error: unknown) => error,
  );
  /** An entry that is read after the failure would only know that there was one. */
  async function* explained(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
    } catch (error) {
      throw (extract.destroyed ? await failure : undefined) ?? error;
    }
  }
  for await (const entry of extract) {
    budget.entry();
    const { name, type, size } = entry.header;
    if (FILES.has(type ?? 'file')) {
      const pieces = metered(explained(entry as AsyncIterable<Uint8Array>), budget, undefined);
      yield await entryInput(entryArtifact(input.artifact, name), pieces, size);
    }
    // The unread rest of an entry must be skipped.
    entry.resume();
  }
}

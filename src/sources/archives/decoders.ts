/** Compressed streams that Node's zlib does not read: xz and bzip2. */

import { Skipped } from '../../model/gap.ts';
import { WHOLE_MAX } from './bytes-of.ts';
import { LibarchiveReader } from './libarchive.ts';
import type { Progress } from './streams.ts';

/**
 * libarchive reads archives only. So the beginning of an ar file, whose only entry has the largest size that can be written,
 * is put before the stream, compressed in the same way: in both formats, several streams may follow each other.
 */
const BEGINNINGS = {
  xz: '/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM4ABDACJdABCPCKgZctd1H4TDvxmuycRoAi7b7eDtVywLBi8oWbW+AAAAAACQVkmIAAE6RNvunnSQQpkNAQAAAAABWVo=',
  bzip2: 'QlpoMTFBWSZTWXMX/5QAAAzZgCGQYADlJWhAEEAgADFMJpoDTEIJoDTT1BpMsoECERsbOrRll1dbBXPA9vkRA+LuSKcKEg5i//KA',
} as const;
/** The size of the entry, with its padding: more than the limits allow. */
const ENTRY_SIZE = 10_000_000_000;
/** What libarchive says when the stream ends as it should, because the entry does not. */
const ENDED = /^Truncated ar archive/;

/** The content of a stream; pieces of it, one after the other. */
export type Decoder = (pieces: AsyncIterable<Uint8Array>, progress: Progress) => AsyncGenerator<Uint8Array>;

export const unxz: Decoder = (pieces, progress) => streamOf('xz', pieces, progress);
export const bunzip2: Decoder = (pieces, progress) => streamOf('bzip2', pieces, progress);

async function* streamOf(
  kind: keyof typeof BEGINNINGS,
  pieces: AsyncIterable<Uint8Array>,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [Buffer.from(BEGINNINGS[kind], 'base64')];
  for await (const piece of pieces) {
    progress.packed += piece.length;
    if (progress.packed > WHOLE_MAX) throw new Skipped('archive-limit');
    held.push(piece);
  }
  const reader = new LibarchiveReader(Buffer.concat(held), kind);
  let left = ENTRY_SIZE;
  try {
    reader.next();
    for (let piece = reader.read(); piece !== undefined; piece = reader.read()) {
      left -= piece.length;
      yield piece;
    }
  } catch (error) {
    if (!ENDED.test((error as Error).message)) throw error;
    yield reader.tail(left);
  }
}

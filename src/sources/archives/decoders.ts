/** Compressed streams that Node's zlib does not read, and libarchive does: xz, bzip2, lzip and compress. */

import { Skipped } from '../../model/gap.ts';
import type { Budget } from './budget.ts';
import { Feed } from './feed.ts';
import { LibarchiveReader } from './libarchive.ts';
import type { Progress } from './streams.ts';

/** The content of a stream; pieces of it, one after the other. */
export type Decoder = (
  pieces: AsyncIterable<Uint8Array>,
  progress: Progress,
  budget: Budget,
) => AsyncGenerator<Uint8Array>;

/**
 * libarchive reads archives only. So the beginning of an ar file, whose only entry has the largest size that can be written,
 * is put before the stream, compressed in the same way: in these formats, several streams may follow each other.
 */
const BEGINNINGS = {
  xz: '/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM4ABDACJdABCPCKgZctd1H4TDvxmuycRoAi7b7eDtVywLBi8oWbW+AAAAAACQVkmIAAE6RNvunnSQQpkNAQAAAAABWVo=',
  bzip2: 'QlpoMTFBWSZTWXMX/5QAAAzZgCGQYADlJWhAEEAgADFMJpoDTEIJoDTT1BpMsoECERsbOrRll1dbBXPA9vkRA+LuSKcKEg5i//KA',
  lzip: 'TFpJUAEMABCPCKgZctd1H4TDvxmuycRoAi7b7eDtVywLBi8oWcZe4///9/QwAJBWSYhEAAAAAAAAAEIAAAAAAAAA',
} as const;
/** The size of the entry, with its padding: more than the limits allow. */
const ENTRY_SIZE = 10_000_000_000;
const BEGINNING = `!<arch>\nx/              0           0     0     100644  ${ENTRY_SIZE - 1}\`\n`;
/** What libarchive says when the stream ends as it should, because the entry does not. */
const ENDED = /^Truncated ar archive/;

const streamOf = (kind: keyof typeof BEGINNINGS): Decoder =>
  async function* (pieces, progress, budget) {
    yield* contentOf(kind, Buffer.from(BEGINNINGS[kind], 'base64'), pieces, progress, budget);
  };
export const unxz: Decoder = streamOf('xz');
export const bunzip2: Decoder = streamOf('bzip2');
export const unlzip: Decoder = streamOf('lzip');

const COMPRESS_HEADER = 3;
/** In the third byte of compress: whether the table may be emptied, which the first versions of the program did not do. */
const MAY_CLEAR = 0x80;

/** Streams of compress have no end: one that is cut short looks whole. */
export const uncompress: Decoder = async function* (pieces, progress, budget) {
  const feed = new Feed(pieces);
  const header = await feed.take(COMPRESS_HEADER);
  if ((header[2]! & MAY_CLEAR) === 0) throw new Skipped('archive-unsupported', 'compress');
  const beginning = Buffer.concat([header, literalCodes(BEGINNING)]);
  yield* contentOf('compress', beginning, feed.rest(), progress, budget);
};

/**
 * Codes of 9 bits for a text, then the one that empties the table. After that one, codes begin at a multiple of 9 bytes. libarchive counts
 * the header, too; then that place is where these end.
 */
function literalCodes(text: string): Buffer {
  const CLEAR = 256;
  const codes = [...Buffer.from(text), CLEAR];
  const bytes = Buffer.alloc(Math.ceil((codes.length * 9) / 8) + 1);
  codes.forEach((code, index) => {
    const [at, shift] = [(index * 9) >> 3, (index * 9) & 7];
    bytes.writeUInt16LE(bytes.readUInt16LE(at) | (code << shift), at);
  });
  return bytes.subarray(0, -1);
}

async function* contentOf(
  kind: string,
  beginning: Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
  progress: Progress,
  budget: Budget,
): AsyncGenerator<Uint8Array> {
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield beginning;
    for await (const piece of pieces) {
      progress.packed += piece.length;
      yield piece;
    }
  };
  const reader = await LibarchiveReader.open(all(), kind, budget);
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
  } finally {
    reader.close();
  }
}

/** Consecutive compressed streams, each inflated to its end, and the position where the last one ends. */

import { once } from 'node:events';
import {
  type BrotliDecompress,
  crc32,
  createInflate,
  createInflateRaw,
  type Inflate,
  type InflateRaw,
} from 'node:zlib';
import { Feed } from './feed.ts';

/** The position of the reader, for limits. */
export interface Progress {
  /** How many bytes were read. */
  packed: number;
  /** Where other data starts after the last stream; known after all was read, otherwise absent. */
  rest?: number;
}

/**
 * The content of the members of a gzip file, also with zeros between them (RFC 1952).
 *
 * @throws Error for damage, in zlib's words
 */
export async function* gunzipAll(pieces: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  const feed = new Feed(pieces);
  try {
    let magic = await feed.take(2);
    while (magic[0] === 0x1f && magic[1] === 0x8b) {
      await passHeader(feed);
      let [sum, length] = [0, 0];
      for await (const piece of inflated(feed, createInflateRaw())) {
        sum = crc32(piece, sum);
        length += piece.length;
        progress.packed = feed.offset;
        yield piece;
      }
      const trailer = await feed.take(8);
      if (trailer.length < 8) throw new Error('unexpected end of file');
      if (trailer.readUInt32LE(0) !== sum) throw new Error('incorrect data check');
      if (trailer.readUInt32LE(4) !== length % 2 ** 32) throw new Error('incorrect length check');
      await passZeros(feed);
      magic = await feed.take(2);
    }
    if (magic.length > 0) progress.rest = feed.offset - magic.length;
  } finally {
    await feed.close();
  }
}

/** The content of a zlib stream. */
export async function* inflateOne(pieces: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  const feed = new Feed(pieces);
  try {
    for await (const piece of inflated(feed, createInflate())) {
      progress.packed = feed.offset;
      yield piece;
    }
    await passZeros(feed);
    if ((await feed.take(1)).length > 0) progress.rest = feed.offset - 1;
  } finally {
    await feed.close();
  }
}

async function passHeader(feed: Feed): Promise<void> {
  const [method, flags, ...rest] = await feed.take(8);
  if (rest.length < 6) throw new Error('unexpected end of file');
  if (method !== 8) throw new Error('unknown compression method');
  if (flags! >= 0x20) throw new Error('unknown header flags set');
  if ((flags! & 4) !== 0) {
    const size = await feed.take(2);
    if (size.length === 2) await feed.take(size.readUInt16LE());
  }
  for (const flag of [8, 16]) if ((flags! & flag) !== 0) await passText(feed);
  if ((flags! & 2) !== 0) await feed.take(2);
}

/** Skips everything up to and including the next NUL. */
async function passText(feed: Feed): Promise<void> {
  for (let piece = await feed.next(); piece !== undefined; piece = await feed.next()) {
    const end = piece.indexOf(0);
    if (end < 0) continue;
    feed.giveBack(piece.subarray(end + 1));
    return;
  }
}

async function passZeros(feed: Feed): Promise<void> {
  for (let piece = await feed.next(); piece !== undefined; piece = await feed.next()) {
    const end = piece.findIndex((byte) => byte !== 0);
    if (end < 0) continue;
    feed.giveBack(piece.subarray(end));
    return;
  }
}

/** Unpacks one stream to its end; the feed continues after it. */
export async function* inflated(
  feed: Feed,
  stream: Inflate | InflateRaw | BrotliDecompress,
): AsyncGenerator<Uint8Array> {
  const ended = Promise.race([once(stream, 'end'), once(stream, 'close')]).catch(() => {});
  const writing = (async () => {
    for (;;) {
      const piece = await feed.next();
      if (piece === undefined) {
        stream.end();
        return;
      }
      const before = stream.bytesWritten;
      // zlib does not consume the bytes after the end of the stream, and then it calls nothing back.
      await Promise.race([new Promise((resolve) => stream.write(piece, resolve)), ended]);
      const taken = stream.bytesWritten - before;
      if (taken === piece.length) continue;
      feed.giveBack(piece.subarray(taken));
      return;
    }
  })();
  writing.catch((error: unknown) => stream.destroy(error as Error));
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } finally {
    stream.destroy();
    await writing.catch(() => {});
  }
}

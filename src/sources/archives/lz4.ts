/** Frames of lz4, also of its first versions. The format has one page; the packages for it hold all output, or need native code. */

import type { Decoder } from './decoders.ts';
import { Feed } from './feed.ts';

const [FRAME, LEGACY, SKIPPABLE] = [0x184d2204, 0x184c2102, 0x184d2a50];
/** How far a block may refer back. */
const WINDOW = 64 * 1024;
const LEGACY_BLOCK = 8 * 1024 * 1024;
/** A block of the frame's own format is as it is. */
const STORED = 0x8000_0000;

/** Checksums are not verified. @throws Error for other damage */
export const unlz4: Decoder = async function* (pieces, progress) {
  const feed = new Feed(pieces);
  try {
    for (let magic = await feed.take(4); magic.length > 0; magic = await feed.take(4)) {
      const kind = magic.length < 4 ? 0 : magic.readUInt32LE();
      const blocks = kind === FRAME ? frame(feed) : kind === LEGACY ? legacy(feed) : undefined;
      if (blocks !== undefined)
        for await (const block of blocks) {
          progress.packed = feed.offset;
          yield block;
        }
      else if ((kind & 0xffff_fff0) === SKIPPABLE) await exactly(feed, (await exactly(feed, 4)).readUInt32LE());
      else {
        progress.rest = feed.offset - magic.length;
        return;
      }
    }
  } finally {
    await feed.close();
  }
};

async function* frame(feed: Feed): AsyncGenerator<Uint8Array> {
  const [flags = 0, sizes = 0] = await exactly(feed, 2);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const size = 2 ** (8 + 2 * ((sizes >> 4) & 7));
  if (flags >> 6 !== 1 || size < WINDOW) throw new Error('unknown version of lz4');
  // The size of the content, the number of a dictionary, and the checksum of the header.
  await exactly(feed, (has(8) ? 8 : 0) + (has(1) ? 4 : 0) + 1);
  let before: Uint8Array = new Uint8Array(0);
  for (;;) {
    const word = (await exactly(feed, 4)).readUInt32LE();
    if (word === 0) break;
    const length = word % STORED;
    if (length > size) throw new Error('invalid block size');
    const packed = await exactly(feed, length);
    const block = word >= STORED ? packed : unpackBlock(packed, size, before);
    if (has(16)) await exactly(feed, 4);
    yield block;
    if (!has(32)) before = Buffer.concat([before, block].map((bytes) => bytes.subarray(-WINDOW))).subarray(-WINDOW);
  }
  if (has(4)) await exactly(feed, 4);
}

async function* legacy(feed: Feed): AsyncGenerator<Uint8Array> {
  for (;;) {
    const word = await feed.take(4);
    if (word.length === 0) return;
    const length = word.length < 4 ? 0 : word.readUInt32LE();
    if (length === FRAME || length === LEGACY) {
      feed.giveBack(word);
      return;
    }
    if (length === 0 || length > 2 * LEGACY_BLOCK) throw new Error('invalid block size');
    yield unpackBlock(await exactly(feed, length), LEGACY_BLOCK, new Uint8Array(0));
  }
}

async function exactly(feed: Feed, count: number): Promise<Buffer> {
  const bytes = await feed.take(count);
  if (bytes.length < count) throw new Error('unexpected end of file');
  return bytes;
}

/** @param before what the block may refer to */
function unpackBlock(packed: Uint8Array, size: number, before: Uint8Array): Uint8Array {
  const target = Buffer.allocUnsafe(before.length + size);
  target.set(before);
  let [from, to] = [0, before.length];
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) {
      if (from >= packed.length) throw new Error('invalid length');
      byte = packed[from++]!;
    }
    return length;
  };
  while (from < packed.length) {
    const token = packed[from++]!;
    const literals = lengthOf(token >> 4);
    if (from + literals > packed.length || to + literals > target.length) throw new Error('invalid literals');
    target.set(packed.subarray(from, from + literals), to);
    [from, to] = [from + literals, to + literals];
    // The last sequence has no match.
    if (from === packed.length) break;
    const back = packed[from]! | ((packed[from + 1] ?? 0) << 8);
    from += 2;
    const match = lengthOf(token & 15) + 4;
    if (back === 0 || back > to || to + match > target.length) throw new Error('invalid offset');
    // A match may overlap what it yields.
    if (back >= match) target.copyWithin(to, to - back, to - back + match);
    else for (let at = 0; at < match; at++) target[to + at] = target[to + at - back]!;
    to += match;
  }
  return target.subarray(before.length, to);
}

/** Frames of zstd; Node's zlib reads them from 22.15 on only. */

import { Decompress } from 'fzstd';
import type { Decoder } from './decoders.ts';

/** So many bytes unpack to 64 MB at most, before the limits see it. */
const PIECE = 2048;

/** Checksums are not verified. @throws Error for other damage */
export const unzstd: Decoder = async function* (pieces, progress) {
  let unpacked: Uint8Array[] = [];
  const stream = new Decompress((piece) => void unpacked.push(piece));
  for await (const all of pieces)
    for (let at = 0; at < all.length; at += PIECE) {
      const piece = all.subarray(at, at + PIECE);
      progress.packed += piece.length;
      stream.push(piece);
      yield* unpacked;
      unpacked = [];
    }
  stream.push(new Uint8Array(0), true);
  yield* unpacked;
};

/** The bytes of an input as a stream or as a whole, for libraries. */

import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';

const PIECE = 64 * 1024;
/** What cannot be read piece by piece must be kept in memory. */
export const WHOLE_MAX = 128 * 1024 * 1024;

export async function* bytesOf(input: Input): AsyncGenerator<Uint8Array> {
  const reader = input.open();
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const count = await reader.read(piece);
      if (count === 0) return;
      yield piece.subarray(0, count);
    }
  } finally {
    reader.close();
  }
}

/** @throws Skipped if it is too large for that */
export async function readWhole(input: Input): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytesOf(input)) {
    length += piece.length;
    if (length > WHOLE_MAX) throw new Skipped('archive-limit');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The bytes of an input, for libraries that want them in a stream or whole. */

import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';

const PIECE = 64 * 1024;
/** What is no file on disk and has its table at its end must be held. */
const WHOLE_MAX = 128 * 1024 * 1024;

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

/** @throws Passed when it is too large to be held */
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

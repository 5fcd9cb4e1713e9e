/** Reads standard input into memory. */

import { untilAborted } from '../lib/abortable.ts';
import { type GlaiveError, throwIfInterrupted } from '../model/errors.ts';
import type { Io } from '../model/io.ts';

export interface StdinLimit {
  /** Bytes. */
  readonly max: number;
  /** Makes the error for more bytes. */
  readonly tooLong: () => GlaiveError;
}

/** All of standard input. @throws GlaiveError when it is too long, and when glaive is interrupted */
export async function readStdin(io: Io, { max, tooLong }: StdinLimit): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of untilAborted(io.stdin.bytes(), io.signal)) {
    pieces.push(Buffer.from(piece));
    length += piece.length;
    if (length > max) throw tooLong();
  }
  throwIfInterrupted(io.signal);
  return Buffer.concat(pieces);
}

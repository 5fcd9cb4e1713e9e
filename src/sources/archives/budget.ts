/** How much may come out of one archive, whatever is packed in it in turn. */

import { Skipped } from '../../model/gap.ts';

/** Archives in archives. */
export const DEPTH_MAX = 4;
/** An entry of at most this is held in memory, so that it can be read twice: once as it is, once unpacked. */
export const HELD_MAX = 32 * 1024 * 1024;
const BYTES_MAX = 4 * 1024 * 1024 * 1024;
const ENTRIES_MAX = 200_000;
/** What unpacks to so many times its size is made to fill a disk; ordinary text reaches 30. */
const RATIO_MAX = 1000;
/** Below it the ratio says nothing. */
const RATIO_FROM = 64 * 1024 * 1024;

export class Budget {
  #bytes = 0;
  #entries = 0;

  /** @throws Passed */
  entry(): void {
    if (++this.#entries > ENTRIES_MAX) throw new Skipped('archive-limit');
  }

  /**
   * Bytes that came out of `packed` ones, all in all.
   *
   * @throws Passed
   */
  spend(count: number, unpacked: number, packed: number | undefined): void {
    this.#bytes += count;
    const isBomb = packed !== undefined && unpacked > RATIO_FROM && unpacked > RATIO_MAX * packed;
    if (isBomb || this.#bytes > BYTES_MAX) throw new Skipped('archive-limit');
  }
}

/** Passes the pieces of a stream on, and stops it when it gives too much. */
export async function* metered(
  stream: AsyncIterable<Uint8Array>,
  budget: Budget,
  packed: number | undefined,
): AsyncGenerator<Uint8Array> {
  let unpacked = 0;
  for await (const piece of stream) {
    unpacked += piece.length;
    budget.spend(piece.length, unpacked, packed);
    yield piece;
  }
}

/** The limits on the content of one archive, including archives in it. */

import { Skipped } from '../../model/gap.ts';

/** How deep archives may be nested, with what is around them. */
export const DEPTH_MAX = 8;
/** How deep archives may be nested. */
export const LEVELS_MAX = 4;
/** A smaller entry is kept in memory, so that it can be read twice: in its own form, and unpacked. */
export const HELD_MAX = 32 * 1024 * 1024;
const BYTES_MAX = 4 * 1024 * 1024 * 1024;
const ENTRIES_MAX = 200_000;
/** An entry that unpacks to so many times its size is made to fill a disk; ordinary text reaches 30. */
const RATIO_MAX = 1000;
/** Smaller entries may have any ratio. */
const RATIO_FROM = 64 * 1024 * 1024;
/** For archives that are kept in memory, and for the dictionaries of usual compression levels. */
const MEMORY_MAX = 320 * 1024 * 1024;

export class Budget {
  #bytes = 0;
  #entries = 0;
  #memory = 0;

  /** Takes memory, if there is so much left for the archive and those in it: a header may request any amount. */
  reserve(bytes: number): boolean {
    if (this.#memory + bytes > MEMORY_MAX) return false;
    this.#memory += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#memory -= bytes;
  }

  /** @throws Skipped */
  entry(): void {
    if (++this.#entries > ENTRIES_MAX) throw new Skipped('archive-limit');
  }

  /**
   * Counts the bytes that `packed` bytes were unpacked to so far.
   *
   * @throws Skipped
   */
  spend(count: number, unpacked: number, packed: number | undefined): void {
    this.#bytes += count;
    const isBomb = packed !== undefined && unpacked > RATIO_FROM && unpacked > RATIO_MAX * packed;
    if (isBomb || this.#bytes > BYTES_MAX) throw new Skipped('archive-limit');
  }
}

/** Passes on the pieces of a stream, and stops it if it yields too much. */
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

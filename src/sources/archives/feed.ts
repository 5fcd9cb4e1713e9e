/** A stream of pieces, read in any portions. */

/** Bytes that are read in order; surplus bytes can be put back. */
export class Feed {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  /** How many were read. */
  offset = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** A piece of any size; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return undefined;
      this.#rest = next.value;
    }
    const piece = this.#rest;
    this.#rest = new Uint8Array(0);
    this.offset += piece.length;
    return piece;
  }

  giveBack(bytes: Uint8Array): void {
    this.#rest = bytes;
    this.offset -= bytes.length;
  }

  /** The next `count` bytes, or fewer at the end. */
  async take(count: number): Promise<Buffer> {
    const taken: Uint8Array[] = [];
    for (let missing = count; missing > 0;) {
      const piece = await this.next();
      if (piece === undefined) break;
      taken.push(piece.subarray(0, missing));
      if (piece.length > missing) this.giveBack(piece.subarray(missing));
      missing -= Math.min(missing, piece.length);
    }
    return Buffer.concat(taken);
  }

  /** All that was not read, piece by piece. */
  async *rest(): AsyncGenerator<Uint8Array> {
    try {
      for (let piece = await this.next(); piece !== undefined; piece = await this.next()) yield piece;
    } finally {
      await this.close();
    }
  }

  /** Skips `count` bytes, or all to the end if there are fewer. */
  async pass(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const piece = await this.next();
      if (piece === undefined) return;
      if (piece.length > left) this.giveBack(piece.subarray(left));
      left -= Math.min(left, piece.length);
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** The lines of git's output, as bytes. */

/** A piece of output, in which the text of the new version is moved to the front: nothing costs less than moving bytes within an array. */
export class Lines {
  readonly memory: Uint8Array;
  /** Where the next line begins. */
  at: number;
  /** The end of the text that was moved. */
  to = 0;

  constructor(piece: Uint8Array) {
    this.memory = new Uint8Array(2 * piece.length);
    this.memory.set(piece, piece.length);
    this.at = piece.length;
  }
}

/** Bytes of an array. */
export function viewOf({ buffer, byteOffset }: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(buffer, byteOffset + from, to - from);
}

export function joined(parts: readonly Uint8Array[]): Buffer {
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? viewOf(only, 0, only.length) : Buffer.concat(parts);
}

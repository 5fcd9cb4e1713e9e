/** Runs of token characters. Some texts have keywords one after the other; their common run is measured once. */

export class TokenRuns {
  readonly #bytes: Uint8Array;
  readonly #is: Uint8Array;
  #start = 0;
  #end = 0;

  /** @param is 1 for the characters of a run */
  constructor(bytes: Uint8Array, is: Uint8Array) {
    this.#bytes = bytes;
    this.#is = is;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#start = 0;
    this.#end = 0;
  }

  /** The end of the run that contains `position`; at most `filled`. */
  endOf(position: number, filled: number): number {
    if (position >= this.#start && position < this.#end && this.#end <= filled) return this.#end;
    let at = position;
    while (at < filled && this.#is[this.#bytes[at]!] === 1) at++;
    this.#start = position;
    this.#end = at;
    return at;
  }
}

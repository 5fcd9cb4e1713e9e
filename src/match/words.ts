/** Runs of token characters. Literals stand side by side in some texts; their run is measured once. */

import { BASE64URL } from './alphabet.ts';

export class Words {
  readonly #bytes: Uint8Array;
  #start = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#start = 0;
    this.#end = 0;
  }

  /** Where the run ends that holds `position`, at `filled` at the latest. */
  endOf(position: number, filled: number): number {
    if (position >= this.#start && position < this.#end && this.#end <= filled) return this.#end;
    let at = position;
    while (at < filled && BASE64URL[this.#bytes[at]!] === 1) at++;
    this.#start = position;
    this.#end = at;
    return at;
  }
}

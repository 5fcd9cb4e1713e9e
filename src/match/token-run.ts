/**
 * The run of token characters after a literal. It is masked wherever text is shown, whether or not a rule confirms
 * it: a token that is one character too long is no finding, but it is nothing to print either.
 */

import { BASE64URL } from './alphabet.ts';

const DOT = 0x2e;
/** Longer than what is ever shown on one side of a candidate. */
const RUN_MAX = 512;

/** The offset after the last token character (base64url or dot) of the run that starts at `start`. */
export function tokenRunEnd(bytes: Uint8Array, start: number, filled: number): number {
  const stop = Math.min(filled, start + RUN_MAX);
  let at = start;
  while (at < stop && (BASE64URL[bytes[at]!] === 1 || bytes[at] === DOT)) at++;
  return at;
}

/** Makes texts of servers safe to keep and to show: no secrets, no control characters, limited in length. */

import { withoutUnseen } from '../lib/printable.ts';
import { MASK } from '../model/secret.ts';
import type { VerifyContext } from './credential-type.ts';

/** Longer texts are cut. */
const MAX_LENGTH = 200;

/** The part of a text that is cleaned at all. No name is longer. */
const MAX_INPUT_LENGTH = 32 * 1024;

/**
 * A server may return any text. Invisible characters are removed first, since they may separate the parts of a secret; then the
 * credential in all its encodings and every other secret; only then the text is cut.
 */
export function createCleaner(token: string, redact: (text: string) => string): VerifyContext['clean'] {
  const encodings = encodingsOf(token);
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const visible = withoutUnseen(String(value).slice(0, MAX_INPUT_LENGTH));
    const masked = encodings.reduce((text, encoding) => text.replaceAll(encoding, MASK), visible);
    return redact(masked)
      .slice(0, MAX_LENGTH)
      .replace(/[\uD800-\uDBFF]$/, '');
  };
}

/** The token as it is, in hex, percent-encoded, and in base64 at each of the three alignments. */
function encodingsOf(token: string): string[] {
  const bytes = Buffer.from(token, 'latin1');
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    // The first and last letters also encode bits of neighbouring bytes, so they are not compared.
    const letters = padded.toString('base64').replace(/=+$/, '');
    const own = letters.slice(offset === 0 ? 0 : offset + 1, Math.floor((padded.length * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const percent = hex.replace(/../g, '%$&');
  const encoded = [hex, hex.toUpperCase(), percent, percent.toUpperCase(), encodeURIComponent(token), ...base64];
  return [token, ...encoded].filter((encoding) => encoding.length >= 8 || encoding === token);
}

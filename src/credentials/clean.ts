/** Texts of servers, made safe to keep and to show. */

import { withoutUnseen } from '../lib/printable.ts';
import { MASK } from '../model/secret.ts';
import type { VerifyContext } from './verifier.ts';

/** A text of a server is cut there. */
const TEXT_MAX = 200;

/** What a server may say is looked at that far; no name is longer. */
const LOOKED_AT = 32 * 1024;

/**
 * Text of a server is anything: it is stripped of all that is not seen first, as what that keeps apart may be a secret, then of
 * the secret in question, also encoded, and of all others, and cut only then.
 */
export function cleaner(token: string, redact: (text: string) => string): VerifyContext['clean'] {
  const forms = formsOf(token);
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const seen = withoutUnseen(String(value).slice(0, LOOKED_AT));
    const text = forms.reduce((rest, form) => rest.replaceAll(form, MASK), seen);
    return redact(text)
      .slice(0, TEXT_MAX)
      .replace(/[\uD800-\uDBFF]$/, '');
  };
}

/** A token as it may come back: as it is, as hex, percent-encoded, and in base64 at each place that it may have in a text. */
function formsOf(token: string): string[] {
  const bytes = Buffer.from(token, 'latin1');
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    // What shares a letter with a neighbour is not the token's alone.
    const letters = all.toString('base64').replace(/=+$/, '');
    const own = letters.slice(before === 0 ? 0 : before + 1, Math.floor((all.length * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const percent = hex.replace(/../g, '%$&');
  const encoded = [hex, hex.toUpperCase(), percent, percent.toUpperCase(), encodeURIComponent(token), ...base64];
  return [token, ...encoded].filter((form) => form.length >= 8 || form === token);
}

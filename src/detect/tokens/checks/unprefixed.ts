/**
 * Tokens of Devise's generator without a prefix (all tokens before 2021, some until today), in a place where a credential
 * is expected. Words, variables and identifiers occur in such places, too, but they do not look random.
 */

import type { CheckResult } from './check.ts';

/** Symbols that the generator never writes. */
const REPLACED = /[lIO0]/;
const HEX = /^[0-9a-f]+$/;
/** With fewer changes between kinds of symbols it is made of words. */
const CHANGES_MIN = 5;

export function checkUnprefixed(body: string): CheckResult {
  // Hex digits come from another generator, and a checksum may have as many.
  if (HEX.test(body)) return /\d/.test(body) && /[a-f]/.test(body) ? {} : { rejected: true };
  if (REPLACED.test(body) || !/[a-z]/.test(body) || !/[A-Z]/.test(body)) return { rejected: true };
  let changes = 0;
  for (let at = 1; at < body.length; at++) if (kindOf(body[at]!) !== kindOf(body[at - 1]!)) changes++;
  return changes < CHANGES_MIN ? { rejected: true } : { generator: 'possible' };
}

function kindOf(symbol: string): 'upper' | 'lower' | 'other' {
  return symbol >= 'a' && symbol <= 'z' ? 'lower' : symbol >= 'A' && symbol <= 'Z' ? 'upper' : 'other';
}

/** Whether a value looks like the work of a generator: neither words nor a placeholder, nor text in base64. */

import { isPlaceholder } from '../../lib/placeholder.ts';
import { checkNotWords } from '../tokens/checks/not-words.ts';
import { checkUnprefixed } from '../tokens/checks/unprefixed.ts';
import { RUN_TOKEN_MIN } from '../search/simd/assembly/memory.ts';

const PRINTABLE = /^[\t\n\r -~]+$/;

export function mayBeGenerated(value: string): boolean {
  return mayBeRandom(value) && !isText(value);
}

/** Whether it is neither a name nor words: most long words are names of programs. */
export function mayBeRandom(value: string): boolean {
  return (
    value.length >= RUN_TOKEN_MIN && checkUnprefixed(value).rejected !== true && checkNotWords(value).rejected !== true
  );
}

/** Whether it is a placeholder, or text in base64. */
export function isText(value: string): boolean {
  return isPlaceholder(value) || PRINTABLE.test(Buffer.from(value, 'base64').toString('latin1'));
}

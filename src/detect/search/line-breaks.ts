/** Line breaks that may split encoded text, checked one by one: the reference for `Kernel.lineBreaks`. */

import { byteTable } from '../tokens/alphabet.ts';
import { CR, EQUALS } from '../../lib/bytes.ts';

const BASE64_CHARACTERS = 32;
export const IS_BASE64 = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_');

/** How many bytes before a line break decide. */
export const BREAK_REACH = BASE64_CHARACTERS + 1;

/** Whether the LF at `position` may split encoded text. */
export function splitsEncodedText(bytes: Uint8Array, position: number): boolean {
  const end = position - (position > 0 && bytes[position - 1] === CR ? 1 : 0);
  if (end > 0 && bytes[end - 1] === EQUALS) return true;
  if (end < BASE64_CHARACTERS) return false;
  for (let at = end - 1; at >= end - BASE64_CHARACTERS; at--) if (IS_BASE64[bytes[at]!] === 0) return false;
  return true;
}

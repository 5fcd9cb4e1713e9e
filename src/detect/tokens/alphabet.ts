/** Alphabets as byte tables: the bytes that may occur in a token. */

/** 1 for each of the characters (latin1). */
export function byteTable(characters: string): Uint8Array {
  const flags = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) flags[byte] = 1;
  return flags;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** URL-safe base64 (RFC 4648, section 5) without padding: 1 for its 64 symbols. */
export const BASE64URL: Uint8Array = byteTable(`${UPPER}${LOWER}${DIGITS}-_`);

/** The characters of an instance prefix before its dash. */
export const WORD: Uint8Array = byteTable(`${UPPER}${LOWER}${DIGITS}_`);

/** Base36 as GitLab writes it, lower case. */
export const BASE36: Uint8Array = byteTable(`${DIGITS}${LOWER}`);

/** The characters of all tokens: base64url and the dot. */
export const TOKEN: Uint8Array = byteTable(`${UPPER}${LOWER}${DIGITS}-_.`);

/** Characters inside a word, as far as credentials go: token characters, base64, and those of URLs and paths. */
const IN_WORD = byteTable(`${UPPER}${LOWER}${DIGITS}-_./+=%:~\\`);

/** Whether a byte can be in the middle of a word; a missing byte cannot. */
export const isInWord = (byte: number | undefined): boolean => byte !== undefined && IN_WORD[byte] === 1;

/** The values of the characters of base64. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 0 for other characters. */
export const VALUES = new Uint8Array(256);
[...ALPHABET].forEach((character, value) => (VALUES[character.charCodeAt(0)] = value));
const IS_STANDARD = new Uint8Array(256);
for (const character of ALPHABET) IS_STANDARD[character.charCodeAt(0)] = 1;
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

/** The value of a character of the standard alphabet; -1 for any other. */
export function base64Value(byte: number): number {
  return IS_STANDARD[byte] === 1 ? VALUES[byte]! : -1;
}

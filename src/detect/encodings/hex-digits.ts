/** Hex digits and their values. */

import { byteTable } from '../tokens/alphabet.ts';

export const IS_HEX = byteTable('0123456789abcdefABCDEF');

/** @param high the first digit of a byte */
export function byteOf(high: number, low: number): number {
  return (digit(high) << 4) | digit(low);
}

function digit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}

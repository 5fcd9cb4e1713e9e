/** Bytes that the walker compares with, and the tables of bytes. */

import { IN_WORD } from './memory';

export const TAB: u8 = 0x09;
export const LF: u8 = 0x0a;
export const FORM_FEED: u8 = 0x0c;
export const CR: u8 = 0x0d;
export const ESC: u8 = 0x1b;
export const SPACE: u8 = 0x20;
export const DOLLAR: u8 = 0x24;
export const PLUS: u8 = 0x2b;
export const DEL: u8 = 0x7f;

/** As `isInWord` of alphabet.ts. */
// @ts-ignore: decorator
@inline
export function isInWord(byte: u8): bool {
  return load<u8>(IN_WORD + <usize>byte) != 0;
}

// @ts-ignore: decorator
@inline
export function isDigit(byte: u8): bool {
  return <u8>(byte - 0x30) < 10;
}

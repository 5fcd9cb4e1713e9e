/** What may cross a boundary between two copy ranges (AssemblyScript): the bytes that are adjacent in needles and signatures. */

import { PAIRS, TRIGRAMS } from './memory';

const HASH_FACTOR: u32 = 0x9e3779b1;

/** Adds a text of three bytes or more. */
export function addToBoundaries(text: usize, length: usize): void {
  for (let at = text; at + 2 <= text + length; at++) {
    setBit(PAIRS, <u32>load<u16>(at));
    if (at + 3 <= text + length) setBit(TRIGRAMS, hashAt(at));
  }
}

/** Whether one of the texts may have three bytes of which two are on either side of a place. */
// @ts-ignore: decorator
@inline
export function mayCross(at: usize): bool {
  return bitOf(PAIRS, <u32>load<u16>(at - 1)) != 0 && (bitOf(TRIGRAMS, hashAt(at - 2)) | bitOf(TRIGRAMS, hashAt(at - 1))) != 0;
}

// @ts-ignore: decorator
@inline
function hashAt(at: usize): u32 {
  return ((load<u32>(at) << 8) * HASH_FACTOR) >>> 16;
}

function setBit(table: usize, index: u32): void {
  const bits = table + <usize>(index >> 3);
  store<u8>(bits, <u8>(<u32>load<u8>(bits) | (1 << (index & 7))));
}

// @ts-ignore: decorator
@inline
function bitOf(table: usize, index: u32): u32 {
  return (<u32>load<u8>(table + <usize>(index >> 3)) >> (index & 7)) & 1;
}

/** What may cross a boundary between two copy ranges (AssemblyScript): the bytes that are adjacent in needles and signatures. */

import { PAIRS, QUADS, TRIGRAMS } from './memory';

const HASH_FACTOR: u32 = 0x9e3779b1;

/** Adds a text of four bytes or more. */
export function addToBoundaries(text: usize, length: usize): void {
  for (let at = text; at + 2 <= text + length; at++) {
    setBit(PAIRS, <u32>load<u16>(at));
    if (at + 3 <= text + length) setBit(TRIGRAMS, hashOfThree(load<u32>(at)));
    if (at + 4 <= text + length) setBit(QUADS, hashOfFour(load<u32>(at)));
  }
}

/** Whether one of the texts may be on both sides of a place: it then has two, three and four adjacent bytes that are. */
// @ts-ignore: decorator
@inline
export function mayCross(at: usize): bool {
  return bitOf(PAIRS, <u32>load<u16>(at - 1)) != 0 && mayCrossWithMore(at);
}

function mayCrossWithMore(at: usize): bool {
  const before = load<u32>(at - 2);
  const after = load<u32>(at - 1);
  const isBefore = bitOf(TRIGRAMS, hashOfThree(before));
  const isAfter = bitOf(TRIGRAMS, hashOfThree(after));
  if ((isBefore | isAfter) == 0) return false;
  const first = isBefore & bitOf(QUADS, hashOfFour(load<u32>(at - 3)));
  const second = isBefore & isAfter & bitOf(QUADS, hashOfFour(before));
  return (first | second | (isAfter & bitOf(QUADS, hashOfFour(after)))) != 0;
}

/** Of the three lower bytes. */
// @ts-ignore: decorator
@inline
function hashOfThree(bytes: u32): u32 {
  return ((bytes << 8) * HASH_FACTOR) >>> 16;
}

// @ts-ignore: decorator
@inline
function hashOfFour(bytes: u32): u32 {
  return (bytes * HASH_FACTOR) >>> 13;
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

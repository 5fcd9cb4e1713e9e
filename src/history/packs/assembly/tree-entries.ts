/** Collects what a tree names (AssemblyScript; gitformat-index(5) has no word on trees: see `tree-walk.c` of git). */

import { NOT_IN_BASE, RANGE_LENGTH, RANGE_SIZE, RANGE_SOURCE, REFUSED } from './memory';

const BLANK: u32 = 0x20;
const TYPE_OF_MODE: u32 = 0o170000;
const FOLDER: u32 = 0o040000;
const FILE: u32 = 0o100000;
const LINK: u32 = 0o120000;

/**
 * Collects the ids in a tree: 4 bytes that are 1 for a tree and 0 for a blob, then the id. A commit of a submodule is in another
 * repository, so it is left out; and so is an entry that is copied from the base as a whole, because the base names it as well.
 *
 * @param count of copy ranges; 0: nothing is copied
 * @param width bytes of an id
 * @param target receives the ids: an entry is at least as long
 * @returns how many ids; REFUSED: git would refuse this tree
 */
export function treeEntries(text: usize, size: u32, copyRanges: usize, count: u32, width: u32, target: usize): u32 {
  const end = text + size;
  const zero = i8x16.splat(0);
  let out = target;
  let range = copyRanges;
  const lastRange = copyRanges + <usize>count * RANGE_SIZE - RANGE_SIZE;
  let at = text;
  while (at < end) {
    let name = at;
    let zeros = i8x16.bitmask(i8x16.eq(v128.load(name), zero));
    while (zeros == 0) {
      name += 16;
      if (name >= end) return REFUSED;
      zeros = i8x16.bitmask(i8x16.eq(v128.load(name), zero));
    }
    const id = name + <usize>ctz(zeros) + 1;
    const next = id + width;
    if (next > end) return REFUSED;
    if (count > 0) {
      const last = <u32>(next - text);
      while (range < lastRange && load<u32>(range) + load<u32>(range + RANGE_LENGTH) < last) range += RANGE_SIZE;
      const isCopied =
        load<u32>(range + RANGE_SOURCE) != NOT_IN_BASE &&
        load<u32>(range) <= <u32>(at - text) &&
        load<u32>(range) + load<u32>(range + RANGE_LENGTH) >= last;
      if (isCopied) {
        at = next;
        continue;
      }
    }
    let mode: u32 = 0;
    let digit = at;
    for (; load<u8>(digit) != BLANK; digit++) {
      const value = <u32>load<u8>(digit) - 0x30;
      if (value > 7) return REFUSED;
      mode = (mode << 3) + value;
    }
    if (digit == at || digit + 2 >= id) return REFUSED;
    const type = mode & TYPE_OF_MODE;
    if (type == FOLDER || type == FILE || type == LINK) {
      store<u32>(out, type == FOLDER ? 1 : 0);
      memory.copy(out + 4, id, width);
      out += 4 + width;
    }
    at = next;
  }
  return <u32>((out - target) / (4 + width));
}

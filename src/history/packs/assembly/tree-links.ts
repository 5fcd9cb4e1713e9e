/** What a tree names (AssemblyScript; gitformat-index(5) has no word on trees: see `tree-walk.c` of git). */

import { addLink, BLOB, TREE } from './link-list';
import { COPY_RANGES, MAY_BE_MISSING, NOT_IN_BASE, RANGE_LENGTH, RANGE_SIZE, RANGE_SOURCE } from './memory';

const BLANK: u32 = 0x20;
const TYPE_OF_MODE: u32 = 0o170000;
const FOLDER: u32 = 0o040000;
const FILE: u32 = 0o100000;
const LINK: u32 = 0o120000;

/**
 * Adds the entries of a tree. A commit of a submodule is in another repository, so it is left out; and so is an entry that is copied from
 * the base as a whole, because the base names it as well.
 *
 * @param count of copy ranges; 0: nothing is copied
 * @param width bytes of an id
 * @returns false: git would refuse this tree
 */
export function addTreeLinks(text: usize, size: u32, count: u32, width: usize): bool {
  const end = text + size;
  const zero = i8x16.splat(0);
  let range = COPY_RANGES;
  const lastRange = COPY_RANGES + <usize>count * RANGE_SIZE - RANGE_SIZE;
  let at = text;
  while (at < end) {
    let name = at;
    let zeros = i8x16.bitmask(i8x16.eq(v128.load(name), zero));
    while (zeros == 0) {
      name += 16;
      if (name >= end) return false;
      zeros = i8x16.bitmask(i8x16.eq(v128.load(name), zero));
    }
    const id = name + <usize>ctz(zeros) + 1;
    const next = id + width;
    if (next > end) return false;
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
      if (value > 7) return false;
      mode = (mode << 3) + value;
    }
    if (digit == at || digit + 2 >= id) return false;
    const type = mode & TYPE_OF_MODE;
    if (type == FOLDER) addLink(TREE | MAY_BE_MISSING, id, width);
    else if (type == FILE || type == LINK) addLink(BLOB | MAY_BE_MISSING, id, width);
    at = next;
  }
  return true;
}

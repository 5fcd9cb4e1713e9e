/** Links that wait to be followed (AssemblyScript), many at once. */

import { followLinks } from './host';
import { nameKnown } from './known-ids';
import { LINKS, LINKS_MAX, WIDTH } from './memory';

// The types of objects by their numbers in packs.
export const COMMIT: u32 = 1;
export const TREE: u32 = 2;
export const BLOB: u32 = 3;
export const TAG: u32 = 4;

let count: u32 = 0;
let end: usize = LINKS;

/**
 * Adds a link to an object.
 *
 * @param type which it must have, and MAY_BE_MISSING or not
 * @param id its address
 * @param width its bytes
 */
// @ts-ignore: decorator
@inline
export function addLink(type: u32, id: usize, width: usize): void {
  if (count == <u32>LINKS_MAX) followAll();
  store<u32>(end, type);
  // No id is longer than these 32 bytes.
  v128.store(end, v128.load(id), 4);
  v128.store(end, v128.load(id, 16), 20);
  end += 4 + width;
  count++;
}

/** Follows the links that were added since the last time. The host follows those that lead to no known object. */
export function followAll(): void {
  if (count == 0) return;
  const left = nameKnown(count, <usize>load<u32>(WIDTH));
  count = 0;
  end = LINKS;
  if (left > 0) followLinks(left);
}

/** Object ids, as git writes them. */

/** Whether an id is git's notation for "no object": all zeros, of either hash's length. */
export function isNullId(id: string): boolean {
  return /^0+$/.test(id);
}

/** What the pack scan knows of one object, packed into a byte, because threads share the verdicts of all objects. */

import type { ObjectType } from '../../git/objects.ts';
import { TOO_LARGE, UNCLEAN } from './assembly/memory.ts';
import { TYPES } from './delta-trees.ts';

/** The type, and {@link UNCLEAN} or not; or {@link TOO_LARGE}; 0: the object was not read. */
export type Verdict = number & { readonly brand: unique symbol };

/** undefined: the object was not read. */
export function unpackVerdict(
  verdict: Verdict,
): { readonly type: ObjectType | undefined; readonly isClean: boolean } | undefined {
  return verdict === 0 || verdict === TOO_LARGE
    ? undefined
    : { type: TYPES[verdict % UNCLEAN], isClean: verdict < UNCLEAN };
}

/** What the pack scan knows of one object, packed into a byte, because threads share the verdicts of all objects. */

import type { ObjectType } from '../../git/objects.ts';
import { TYPES } from './delta-trees.ts';

/** 0: the object was not read. */
export type Verdict = number & { readonly brand: unique symbol };

/** Added to the type, which needs three bits. */
const UNCLEAN = 16;

/** The object was not read because it is too large for the memory here. */
export const TOO_LARGE = 32 as Verdict;

export function packVerdict(type: ObjectType, isClean: boolean): Verdict {
  return (TYPES.indexOf(type) + (isClean ? 0 : UNCLEAN)) as Verdict;
}

/** undefined: the object was not read. */
export function unpackVerdict(
  verdict: Verdict,
): { readonly type: ObjectType | undefined; readonly isClean: boolean } | undefined {
  return verdict === 0 || verdict === TOO_LARGE
    ? undefined
    : { type: TYPES[verdict % UNCLEAN], isClean: verdict < UNCLEAN };
}

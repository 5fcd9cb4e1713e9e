/** Names that are close to each other: what may be assigned to one in the middle is near its neighbours, too. */

import { ASSIGNMENT_REACH as REACH } from '../../model/ruleset.ts';
import { type Hit, needleIndexOf, positionOf } from '../search/hit.ts';

/** Bytes between two names whose neighbourhoods leave nothing out between them. */
export const NAMES_APART = REACH.before + REACH.after;

const DROPPED = -1 as Hit;

/**
 * Leaves out the names between two others whose neighbourhoods cover theirs.
 *
 * @param hits in ascending order; is changed
 * @param isName whether a needle is nothing but a name
 */
export function namesApart(hits: Hit[], isName: (needle: number) => boolean): Hit[] {
  let kept = Number.NEGATIVE_INFINITY;
  /** The index of the last name. */
  let last = -1;
  let dropped = false;
  for (let index = 0; index < hits.length; index++) {
    const hit = hits[index]!;
    if (!isName(needleIndexOf(hit))) continue;
    if (last >= 0) {
      if (positionOf(hit) - kept <= NAMES_APART) {
        hits[last] = DROPPED;
        dropped = true;
      } else kept = positionOf(hits[last]!);
    }
    last = index;
  }
  return dropped ? hits.filter((hit) => hit !== DROPPED) : hits;
}

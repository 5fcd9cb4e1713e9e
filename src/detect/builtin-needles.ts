/** The needles of a rule set, read where the build has written them down: working them out takes milliseconds of a hook. */

import { key, needles } from '../generated/needles.ts';
import type { Literal } from '../model/ruleset.ts';
import { ENCODINGS } from './encodings/index.ts';
import { keyOf, type Needle, needlesOf } from './needles.ts';

/** As {@link needlesOf}. */
export function knownNeedlesOf(literals: readonly Literal[]): readonly Needle[] {
  if (keyOf(literals) !== key) return needlesOf(literals);
  return needles.map(([text, literal, ...encoded]) => ({
    text,
    literal: literal < 0 ? undefined : literal,
    encoded: encoded.map(([encoding, phase]) => ({ encoding: ENCODINGS[encoding]!, phase })),
  }));
}

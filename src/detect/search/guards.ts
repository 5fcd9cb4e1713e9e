/**
 * Guards of needles. Some pieces of encoded keywords are frequent in other text, and are needed only where something special is
 * around them. The kernel leaves out all other occurrences. The twin of `simd/assembly/guards.ts`.
 */

import { IS_HEX } from '../encodings/hex-digits.ts';
import { isInert, type Part } from './inert-escapes.ts';
import { IS_JOINT } from '../encodings/joint-bytes.ts';
import {
  CUT_BEFORE,
  CUT_BEHIND,
  DIGITS_BEFORE,
  DIGITS_BEHIND,
  ENDS_BEHIND,
  ESCAPE_FIRST,
  ESCAPE_SECOND,
  ESCAPE_THIRD,
  GUARD_MASK,
  JOINT_MAX,
  NO_GUARD,
  RUN,
  SPLIT_BY_LINES,
  SPLIT_BY_SOFT_BREAKS,
} from './simd/assembly/guard-kinds.ts';

export const GUARDS = {
  none: NO_GUARD,
  cutBefore: CUT_BEFORE,
  cutBehind: CUT_BEHIND,
  endsBehind: ENDS_BEHIND,
} as const;
/** What may split a needle, next to its guard. */
export const SPLITS = { byLines: SPLIT_BY_LINES, bySoftBreaks: SPLIT_BY_SOFT_BREAKS } as const;
export const UNKNOWN_NEEDLE = NO_GUARD | SPLIT_BY_LINES | SPLIT_BY_SOFT_BREAKS;

/** An escape at the first, the second or the third byte of a needle, which may be a part of a keyword. */
export const ESCAPE_GUARDS: readonly number[] = [ESCAPE_FIRST, ESCAPE_SECOND, ESCAPE_THIRD];

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

/** Whether the bytes around `[at, end)` rule a needle out. */
export function isRuledOut(guard: number | undefined, at: number, end: number, part: Part): boolean {
  const kind = (guard ?? NO_GUARD) & GUARD_MASK;
  if (kind === CUT_BEFORE) return !mayBeCutBefore(at, part);
  if (kind === CUT_BEHIND) return !mayBeCutBehind(end, part);
  if (kind >= ESCAPE_FIRST) return isInert(at + kind - ESCAPE_FIRST, part);
  return kind === ENDS_BEHIND && end < part.to && IS_HEX[part.bytes[end]!] === 1;
}

function mayBeCutBefore(at: number, part: Part): boolean {
  const { bytes, from } = part;
  let run = at;
  while (run > from && IS_HEX[bytes[run - 1]!] === 1) if (at - --run > DIGITS_BEFORE) return false;
  let joint = run;
  while (joint > from && run - joint < JOINT_MAX && IS_JOINT[bytes[joint - 1]!] === 1) joint--;
  return joint === from || (joint < run && endsRun(joint, part));
}

function mayBeCutBehind(end: number, part: Part): boolean {
  const { bytes, to } = part;
  let joint = end;
  while (joint < to && IS_HEX[bytes[joint]!] === 1) if (++joint - end > DIGITS_BEHIND) return false;
  if (!endsRun(joint, part)) return false;
  let next = joint;
  while (next < to && next - joint < JOINT_MAX && IS_JOINT[bytes[next]!] === 1) next++;
  return next === to || (next > joint && IS_HEX[bytes[next]!] === 1);
}

/** Whether there are enough digits before a place, as far as that is known. */
function endsRun(end: number, { bytes, from }: Part): boolean {
  for (let at = end; at > from && end - at < RUN; at--) if (IS_HEX[bytes[at - 1]!] === 0) return false;
  return true;
}

/** Whether the bytes around a needle rule it out. Its twin is `search/guards.ts`. */

import {
  CUT_BEFORE,
  CUT_BEHIND,
  DIGITS_BEFORE,
  DIGITS_BEHIND,
  ENDS_BEHIND,
  ESCAPE_FIRST,
  JOINT_MAX,
  RUN,
} from './guard-kinds';
import { isInert } from './inert';
import { isHex } from './splits';

/**
 * False if bytes decide that are not in `[from, to)`: the host decides then.
 *
 * @param at the needle's first byte
 */
export function isRuledOut(guard: u32, at: usize, length: usize, from: usize, to: usize): bool {
  const end = at + length;
  if (guard == CUT_BEFORE) return !mayBeCutBefore(at, from);
  if (guard == CUT_BEHIND) return !mayBeCutBehind(end, from, to);
  if (guard == ENDS_BEHIND) return end < to && isHex(load<u8>(end));
  return isInert(at + <usize>(guard - ESCAPE_FIRST), from, to);
}

function mayBeCutBefore(at: usize, from: usize): bool {
  let run = at;
  while (run > from && isHex(load<u8>(run - 1))) if (at - --run > DIGITS_BEFORE) return false;
  let joint = run;
  while (joint > from && run - joint < JOINT_MAX && isJoint(load<u8>(joint - 1))) joint--;
  return joint == from || (joint < run && endsRun(joint, from));
}

function mayBeCutBehind(end: usize, from: usize, to: usize): bool {
  let joint = end;
  while (joint < to && isHex(load<u8>(joint))) if (++joint - end > DIGITS_BEHIND) return false;
  if (!endsRun(joint, from)) return false;
  let next = joint;
  while (next < to && next - joint < JOINT_MAX && isJoint(load<u8>(next))) next++;
  return next == to || (next > joint && isHex(load<u8>(next)));
}

/** Whether there are enough digits before a place, as far as that is known. */
function endsRun(end: usize, from: usize): bool {
  for (let at = end; at > from && end - at < RUN; at--) if (!isHex(load<u8>(at - 1))) return false;
  return true;
}

/** One of the bytes between two runs (`encodings/joints.ts`): blanks, ends of lines, quotes, and signs that join strings. */
function isJoint(byte: u8): bool {
  switch (<u32>byte) {
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x20:
    case 0x22:
    case 0x26:
    case 0x27:
    case 0x2b:
    case 0x2c:
    case 0x2e:
    case 0x5c:
    case 0x60:
    case 0x7c:
      return true;
    default:
      return false;
  }
}

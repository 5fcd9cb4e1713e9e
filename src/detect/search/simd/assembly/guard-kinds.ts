/**
 * The guards of needles: what must be around an occurrence for it to be a hit. Both languages import this file, as `memory.ts`.
 */

/** Anything. */
export const NO_GUARD: u32 = 0;
/** A joint between two runs of hex digits, in front of it or of up to three digits before it. */
export const CUT_BEFORE: u32 = 1;
/** Such a joint behind it, or behind up to two digits that follow it. */
export const CUT_BEHIND: u32 = 2;
/** A byte behind it that is no hex digit. */
export const ENDS_BEHIND: u32 = 3;

/** The bits of a guard. */
export const GUARD_MASK: u32 = 7;
/** The end of a line of base64 or hex may split the needle. */
export const SPLIT_BY_LINES: u32 = 8;
/** A soft line break may. */
export const SPLIT_BY_SOFT_BREAKS: u32 = 16;

export const DIGITS_BEFORE: usize = 3;
export const DIGITS_BEHIND: usize = 2;
/** The run before a joint has so many digits. */
export const RUN: usize = 8;
/** Bytes of the longest joint. */
export const JOINT_MAX: usize = 256;

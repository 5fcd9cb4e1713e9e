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

/** An escape that may be a part of a keyword: at the needle's first byte, its second or its third one. */
export const ESCAPE_FIRST: u32 = 4;
export const ESCAPE_SECOND: u32 = 5;
export const ESCAPE_THIRD: u32 = 6;

/** The bits of a guard. */
export const GUARD_MASK: u32 = 7;
/** The end of a line of base64 or hex may split the needle. */
export const SPLIT_BY_LINES: u32 = 8;
/** A soft line break may. */
export const SPLIT_BY_SOFT_BREAKS: u32 = 16;

/** Bytes before an escape in which another may begin, and behind one that are needed to read the next. */
export const ESCAPE_REACH: usize = 20;

export const DIGITS_BEFORE: usize = 3;
export const DIGITS_BEHIND: usize = 2;
/** The run before a joint has so many digits. */
export const RUN: usize = 8;
/** Bytes of the longest joint. */
export const JOINT_MAX: usize = 256;

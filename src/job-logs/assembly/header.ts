/** The header of a line, exactly as `line-header.ts` reads it. */

import { PLUS, SPACE } from './bytes';

export const RUNNER: usize = 32;
export const GITHUB: usize = 29;

/** Of the last header: its length, its stream, and whether its line continues another. */
export let length: usize = 0;
export let stream: u32 = 0;
export let isContinuation: bool = false;
/** The time: `20260822000002` and microseconds, or -1. */
export let seconds: f64 = -1;
export let micros: f64 = 0;

/** Reads the header at `at`; `end` is the end of the bytes that are there. */
export function readHeader(at: usize, end: usize): void {
  length = 0;
  stream = 0;
  isContinuation = false;
  seconds = -1;
  if (at + GITHUB > end || !hasTime(at)) return;
  const next = load<u8>(at, 26);
  if (next == 0x5a) {
    const high = hexDigit(load<u8>(at, 28));
    const low = hexDigit(load<u8>(at, 29));
    const type = load<u8>(at, 30);
    const joint = load<u8>(at, 31);
    if (at + RUNNER > end || load<u8>(at, 27) != SPACE || high > 15 || low > 15) return;
    if ((type != 0x4f && type != 0x45) || (joint != SPACE && joint != PLUS)) return;
    length = RUNNER;
    stream = 1 + high * 32 + low * 2 + <u32>(type == 0x45);
    isContinuation = joint == PLUS;
  } else {
    if (digit(at, 26) > 9 || load<u16>(at, 27) != 0x205a) return;
    length = GITHUB;
  }
  const date = number(at, 0) * 1000000 + number(at, 2) * 10000 + number(at, 5) * 100 + number(at, 8);
  seconds = <f64>date * 1000000 + <f64>(number(at, 11) * 10000 + number(at, 14) * 100 + number(at, 17));
  micros = <f64>(number(at, 20) * 10000 + number(at, 22) * 100 + number(at, 24));
}

/** Whether there is a date, a time and a fraction of six digits: `2026-08-22T00:00:02.000001`. */
// @ts-ignore: decorator
@inline
function hasTime(at: usize): bool {
  // Zero means a digit.
  const firstShape = i8x16(0, 0, 0, 0, 0x2d, 0, 0, 0x2d, 0, 0, 0x54, 0, 0, 0x3a, 0, 0);
  const secondShape = i8x16(0x3a, 0, 0, 0x2e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return matches(at, firstShape) == 0xffff && (matches(at + 16, secondShape) & 0x3ff) == 0x3ff;
}

/** A bit for each of 16 bytes that has its shape. */
// @ts-ignore: decorator
@inline
function matches(at: usize, shape: v128): i32 {
  const bytes = v128.load(at);
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  return i8x16.bitmask(v128.bitselect(digits, i8x16.eq(bytes, shape), i8x16.eq(shape, i8x16.splat(0))));
}

// @ts-ignore: decorator
@inline
function digit(at: usize, offset: usize): u32 {
  return <u32>load<u8>(at + offset) - 0x30;
}

/** The number of two digits. */
// @ts-ignore: decorator
@inline
function number(at: usize, offset: usize): u32 {
  return digit(at, offset) * 10 + digit(at, offset + 1);
}

/** More than 15 for any other byte, capital letters too. */
// @ts-ignore: decorator
@inline
function hexDigit(byte: u8): u32 {
  const value = <u32>byte - 0x30;
  if (value <= 9) return value;
  return byte >= 0x61 && byte <= 0x66 ? <u32>byte - 0x57 : 16;
}

/** Searches for signatures of archives (AssemblyScript), 16 places at a time. */

import { SIGNATURE_COUNT, SIGNATURE_SIZE, SIGNATURE_TABLES, SIGNATURES } from './memory';

/**
 * Whether one of the signatures is in the bytes. Each belongs to one of eight groups, a bit each. Two tables for each of the first three
 * bytes, by its lower and its upper half, have the groups that the byte may belong to; only if a group is in all six, bytes are compared.
 * Up to 18 bytes more may be read.
 */
export function holdsSignature(from: usize, to: usize): bool {
  const low1 = v128.load(SIGNATURE_TABLES);
  const high1 = v128.load(SIGNATURE_TABLES + 16);
  const low2 = v128.load(SIGNATURE_TABLES + 32);
  const high2 = v128.load(SIGNATURE_TABLES + 48);
  const low3 = v128.load(SIGNATURE_TABLES + 64);
  const high3 = v128.load(SIGNATURE_TABLES + 80);
  const half = i8x16.splat(15);
  for (let at = from; at < to; at += 16) {
    const first = v128.load(at);
    const second = v128.load(at, 1);
    let groups = v128.and(i8x16.swizzle(low1, v128.and(first, half)), i8x16.swizzle(high1, i8x16.shr_u(first, 4)));
    groups = v128.and(groups, v128.and(i8x16.swizzle(low2, v128.and(second, half)), i8x16.swizzle(high2, i8x16.shr_u(second, 4))));
    // Few bytes come so far.
    if (!v128.any_true(groups)) continue;
    const third = v128.load(at, 2);
    groups = v128.and(groups, v128.and(i8x16.swizzle(low3, v128.and(third, half)), i8x16.swizzle(high3, i8x16.shr_u(third, 4))));
    if (!v128.any_true(groups)) continue;
    let places = i8x16.bitmask(i8x16.ne(groups, i8x16.splat(0)));
    for (; places != 0; places &= places - 1) if (isSignature(at + <usize>ctz(places), to)) return true;
  }
  return false;
}

function isSignature(at: usize, to: usize): bool {
  const end = SIGNATURES + <usize>load<u32>(SIGNATURE_COUNT) * SIGNATURE_SIZE;
  for (let signature = SIGNATURES; signature < end; signature += SIGNATURE_SIZE) {
    const length = <usize>load<u8>(signature);
    if (at + length > to) continue;
    let same: usize = 0;
    while (same < length && load<u8>(signature + 1 + same) == load<u8>(at + same)) same++;
    if (same == length) return true;
  }
  return false;
}

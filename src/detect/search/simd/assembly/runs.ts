/** Finds long runs of the characters of tokens and of base64, which values that are assigned to names are made of. */

import { HITS_ADDRESS, RUN_BASE64_MIN, RUN_MAX, RUN_TOKEN_MIN, TEXT_ADDRESS } from './memory';

const BLOCK: usize = 16;
/** Bytes of a run that began before: more than any that is reported, and less than any address. */
const TOO_LONG: usize = 1024;

/** Of a token are letters and digits (1, 2, 4), `_` (8) and `-` (32); of base64 the former, and `+` and `/` (64). */
const OF_TOKEN: i8 = 0x2f;
const OF_BASE64: i8 = 0x47;

/** For each of 16 bytes, what it is; 0 for all others. */
// @ts-ignore: decorator
@inline
function kindsOf(bytes: v128): v128 {
  const byUpperHalf = i8x16(0, 0, 0x60, 1, 2, 0x0c, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0);
  const byLowerHalf = i8x16(5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 0x42, 2, 0x22, 2, 0x4a);
  return v128.and(
    i8x16.swizzle(byUpperHalf, i8x16.shr_u(bytes, 4)),
    i8x16.swizzle(byLowerHalf, v128.and(bytes, i8x16.splat(15))),
  );
}

// @ts-ignore: decorator
@inline
function bitsOf(kinds: v128, alphabet: i8): u32 {
  return <u32>i8x16.bitmask(i8x16.ne(v128.and(kinds, i8x16.splat(alphabet)), i8x16.splat(0)));
}

/** The next free place of the list. */
let out: usize = 0;

/** As `findRuns` of `Kernel`. */
export function findRuns(from: usize, to: usize, filled: usize): u32 {
  const list = <usize>load<u32>(HITS_ADDRESS);
  out = list;
  const before: u32 = from > load<u32>(TEXT_ADDRESS) ? 1 : 0;
  const last = kindsOf(v128.load8_splat(from - before));
  // The bytes of either run before the block.
  let token: usize = (bitsOf(last, OF_TOKEN) & before) != 0 ? TOO_LONG : 0;
  let base64: usize = (bitsOf(last, OF_BASE64) & before) != 0 ? TOO_LONG : 0;
  for (let block = from; block <= filled; block += BLOCK) {
    const kinds = kindsOf(v128.load(block));
    const within: u32 = block + BLOCK > filled ? (1 << <u32>(filled - block)) - 1 : 0xffff;
    token = endRun(block, bitsOf(kinds, OF_TOKEN) & within, token, RUN_TOKEN_MIN, to, 0);
    base64 = endRun(block, bitsOf(kinds, OF_BASE64) & within, base64, RUN_BASE64_MIN, to, 1);
    if (block + BLOCK - max(token, base64) >= to) break;
  }
  return <u32>((out - list) >> 3);
}

/** Adds the run that ends in a block. @returns the bytes of the one that goes on behind it */
// @ts-ignore: decorator
@inline
function endRun(block: usize, bits: u32, run: usize, least: usize, to: usize, kind: u32): usize {
  const first = <usize>ctz(~bits);
  const length = run + first;
  if (first == BLOCK) return length;
  if (length >= least && length <= RUN_MAX && block - run < to) {
    const text = load<u32>(TEXT_ADDRESS);
    store<u32>(out, ((<u32>(block - run) - text) << 1) | kind);
    store<u32>(out, <u32>(block + first) - text, 4);
    out += 8;
  }
  return <usize>clz(~(bits << <u32>BLOCK));
}

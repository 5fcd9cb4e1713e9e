/** Finds long runs of the characters of tokens and of base64, which values that are assigned to names are made of. */

import { HITS_ADDRESS, RUN_BASE64_MIN, RUN_MAX, RUN_TOKEN_MIN, RUN_VECTORS, TEXT_ADDRESS } from './memory';

const BLOCK: usize = 16;
/** Bytes of a run that began before: more than any that is reported, and less than any address. */
const TOO_LONG: usize = 1024;

/** Of a token are letters and digits (1, 2, 4), `_` (8) and `-` (32); of base64 the former, and `+` and `/` (64). */
const OF_TOKEN: i8 = 0x2f;
const OF_BASE64: i8 = 0x47;

/** What a byte is: by its upper half the kinds that there are, and by its lower half as well. */
function writeVectors(): void {
  v128.store(RUN_VECTORS, i8x16(0, 0, 0x60, 1, 2, 0x0c, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0));
  v128.store(RUN_VECTORS, i8x16(5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 0x42, 2, 0x22, 2, 0x4a), 16);
  v128.store(RUN_VECTORS, i8x16.splat(0x0f), 32);
  v128.store(RUN_VECTORS, i8x16.splat(OF_TOKEN), 48);
  v128.store(RUN_VECTORS, i8x16.splat(OF_BASE64), 64);
}

// @ts-ignore: decorator
@inline
function kindsOf(bytes: v128, byUpper: v128, byLower: v128, half: v128): v128 {
  return v128.and(
    i8x16.swizzle(byUpper, v128.and(i16x8.shr_u(bytes, 4), half)),
    i8x16.swizzle(byLower, v128.and(bytes, half)),
  );
}

/** A bit for each byte that is not of the alphabet, and all higher bits. */
// @ts-ignore: decorator
@inline
function othersThan(kinds: v128, alphabet: v128, zero: v128): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.and(kinds, alphabet), zero));
}

/** As `findRuns` of `Kernel`. No branch depends on the text: logs have a long run in each line. */
export function findRuns(from: usize, to: usize, filled: usize): u32 {
  const text = <usize>load<u32>(TEXT_ADDRESS);
  const list = <usize>load<u32>(HITS_ADDRESS);
  let out = list;
  const before: u32 = from > text ? 1 : 0;
  writeVectors();
  const byUpper = v128.load(RUN_VECTORS);
  const byLower = v128.load(RUN_VECTORS, 16);
  const half = v128.load(RUN_VECTORS, 32);
  const ofToken = v128.load(RUN_VECTORS, 48);
  const ofBase64 = v128.load(RUN_VECTORS, 64);
  const zero = v128.xor(half, half);
  const last = kindsOf(v128.load8_splat(from - before), byUpper, byLower, half);
  // The bytes of either run before the block.
  let token: usize = before != 0 && othersThan(last, ofToken, zero) == 0 ? TOO_LONG : 0;
  let base64: usize = before != 0 && othersThan(last, ofBase64, zero) == 0 ? TOO_LONG : 0;
  for (let block = from; block <= filled && block - max(token, base64) < to; block += BLOCK) {
    const kinds = kindsOf(v128.load(block), byUpper, byLower, half);
    const rest = filled - block;
    const beyond: u32 = rest < BLOCK ? <u32>-1 << <u32>rest : <u32>-1 << <u32>BLOCK;
    const tokens = othersThan(kinds, ofToken, zero) | beyond;
    const base64s = othersThan(kinds, ofBase64, zero) | beyond;
    // What is no run is overwritten.
    token += <usize>ctz(tokens);
    writeRun(out, block + <usize>ctz(tokens) - text, token, 0);
    out += <usize>isRun(token, RUN_TOKEN_MIN, block + <usize>ctz(tokens), to, tokens) << 3;
    base64 += <usize>ctz(base64s);
    writeRun(out, block + <usize>ctz(base64s) - text, base64, 1);
    out += <usize>isRun(base64, RUN_BASE64_MIN, block + <usize>ctz(base64s), to, base64s) << 3;
    token = select<usize>(token, <usize>clz(tokens << <u32>BLOCK), <u32>ctz(tokens) == <u32>BLOCK);
    base64 = select<usize>(base64, <usize>clz(base64s << <u32>BLOCK), <u32>ctz(base64s) == <u32>BLOCK);
  }
  return <u32>((out - list) >> 3);
}

// @ts-ignore: decorator
@inline
function writeRun(out: usize, end: usize, length: usize, kind: u32): void {
  store<u32>(out, (<u32>(end - length) << 1) | kind);
  store<u32>(out, <u32>end, 4);
}

/** 1 if the run ends in the block, and is to be reported. @param others a bit for each byte of the block that is not of the run */
// @ts-ignore: decorator
@inline
function isRun(length: usize, least: usize, end: usize, to: usize, others: u32): u32 {
  return (
    <u32>(length - least <= RUN_MAX - least) & <u32>(end - length < to) & <u32>(<u32>ctz(others) != <u32>BLOCK)
  );
}

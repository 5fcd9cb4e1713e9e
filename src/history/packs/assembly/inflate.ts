/**
 * Inflate (AssemblyScript; RFC 1950, RFC 1951). Sizes are valid in advance, so no buffer grows; a stream that does not fit them is
 * refused, and a hostile one cannot leave the memory of WebAssembly.
 */

import { adler32 } from './adler32';
import {
  build,
  DISTANCE_BITS,
  FOR_DISTANCES,
  FOR_LENGTHS,
  FOR_LITERALS,
  IS_END,
  IS_LITERAL,
  IS_SPECIAL,
  IS_SUBTABLE,
  LITERAL_BITS,
  PRECODE_BITS,
} from './huffman';
import { DISTANCES, FIXED_DISTANCES, FIXED_LITERALS, LENGTHS, LITERALS, ORDER, PRECODE } from './memory';

/** Bits that were read and not consumed, lowest first, and how many of them are valid. */
let bits: u64 = 0;
let valid: u64 = 0;
let input: usize = 0;

/** Makes at least 56 bits valid. */
// @ts-ignore: decorator
@inline
function refill(): void {
  bits |= load<u64>(input) << valid;
  input += <usize>((63 - valid) >> 3);
  valid |= 56;
}

// @ts-ignore: decorator
@inline
function consume(count: u64): void {
  bits >>= count;
  valid -= count;
}

/** Builds the tables of a block from its code lengths, which are Huffman codes themselves. */
function readCodes(): bool {
  const literals = <u32>(bits & 31) + 257;
  const distances = <u32>((bits >> 5) & 31) + 1;
  const given = <u32>((bits >> 10) & 15) + 4;
  consume(14);
  if (literals > 286 || distances > 30) return false;
  memory.fill(LENGTHS, 0, 19);
  for (let index: u32 = 0; index < given; index++) {
    if (valid < 3) refill();
    store<u8>(LENGTHS + <usize>load<u8>(ORDER + index), <u8>(bits & 7));
    consume(3);
  }
  if (!build(PRECODE, LENGTHS, 19, PRECODE_BITS, FOR_LENGTHS)) return false;
  const all = literals + distances;
  let index: u32 = 0;
  while (index < all) {
    if (valid < 14) refill();
    const entry = load<u32>(PRECODE + (<usize>(bits & ((1 << PRECODE_BITS) - 1)) << 2));
    consume(<u64>(entry & 0xff));
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(LENGTHS + index++, <u8>symbol);
      continue;
    }
    let value: u8 = 0;
    let many: u32;
    if (symbol == 16) {
      if (index == 0) return false;
      value = load<u8>(LENGTHS + index - 1);
      many = 3 + <u32>(bits & 3);
      consume(2);
    } else if (symbol == 17) {
      many = 3 + <u32>(bits & 7);
      consume(3);
    } else {
      many = 11 + <u32>(bits & 127);
      consume(7);
    }
    if (index + many > all) return false;
    memory.fill(LENGTHS + index, value, many);
    index += many;
  }
  // Without the code 256 no block ends.
  if (load<u8>(LENGTHS + 256) == 0) return false;
  return (
    build(DISTANCES, LENGTHS + literals, distances, DISTANCE_BITS, FOR_DISTANCES) &&
    build(LITERALS, LENGTHS, literals, LITERAL_BITS, FOR_LITERALS)
  );
}

/**
 * Inflates a zlib stream of `size` bytes. Up to 16 bytes after the input may be read, and up to 300 after the output written.
 *
 * @returns the length of the stream; 0: it is damaged, incomplete, or of another size
 */
export function inflate(source: usize, sourceEnd: usize, target: usize, size: u32): u32 {
  // Method 8, a window of at most 32 KB, no dictionary, and a checksum of these two bytes.
  const method = <u32>load<u8>(source);
  const flags = <u32>load<u8>(source + 1);
  if ((method & 15) != 8 || method >> 4 > 7 || (flags & 32) != 0 || ((method << 8) | flags) % 31 != 0) return 0;
  input = source + 2;
  bits = 0;
  valid = 0;
  let output = target;
  const outputEnd = target + size;
  let isLast = false;
  while (!isLast) {
    if (input > sourceEnd + 8) return 0;
    refill();
    isLast = (bits & 1) != 0;
    const kind = <u32>((bits >> 1) & 3);
    consume(3);
    if (kind == 0) {
      consume(valid & 7);
      input -= <usize>(valid >> 3);
      bits = 0;
      valid = 0;
      const length = <u32>load<u16>(input);
      if ((length ^ 0xffff) != <u32>load<u16>(input + 2)) return 0;
      input += 4;
      if (output + length > outputEnd || input + length > sourceEnd) return 0;
      memory.copy(output, input, length);
      output += length;
      input += length;
      continue;
    }
    if (kind == 3) return 0;
    if (kind == 2 && !readCodes()) return 0;
    const end = kind == 1 ? block(FIXED_LITERALS, FIXED_DISTANCES, target, output, outputEnd) : block(LITERALS, DISTANCES, target, output, outputEnd);
    if (end == 0) return 0;
    output = end;
  }
  if (output != outputEnd) return 0;
  input -= <usize>(valid >> 3);
  if (input + 4 > sourceEnd) return 0;
  if (bswap(load<u32>(input)) != adler32(target, size)) return 0;
  return <u32>(input + 4 - source);
}

/** The entry for the next bits. */
// @ts-ignore: decorator
@inline
function entryFor(table: usize, tableBits: u32, now: u64): u32 {
  return load<u32>(table + (<usize>(now & ((1 << tableBits) - 1)) << 2));
}

/**
 * Decodes one block. Returns the end of its output; 0: it is damaged. The state is in locals, which is faster than globals.
 *
 * Each turn begins with at least 56 valid bits and the entry for the first of them: enough for three literals or, after a refill, for a
 * length (20) and a distance (28). A turn writes at most 275 bytes, so the end is checked once a turn: `SLACK` has room for them.
 */
function block(literals: usize, distances: usize, target: usize, from: usize, outputEnd: usize): usize {
  let output = from;
  let at = input;
  let now = bits | (load<u64>(at) << valid);
  let left = valid | 56;
  at += <usize>((63 - valid) >> 3);
  let entry = entryFor(literals, LITERAL_BITS, now);
  while (output <= outputEnd) {
    if (entry & IS_LITERAL) {
      store<u8>(output++, <u8>(entry >> 16));
      now >>= <u64>(entry & 0xff);
      left -= <u64>(entry & 0xff);
      entry = entryFor(literals, LITERAL_BITS, now);
      if (entry & IS_LITERAL) {
        store<u8>(output++, <u8>(entry >> 16));
        now >>= <u64>(entry & 0xff);
        left -= <u64>(entry & 0xff);
        entry = entryFor(literals, LITERAL_BITS, now);
        if (entry & IS_LITERAL) {
          store<u8>(output++, <u8>(entry >> 16));
          now >>= <u64>(entry & 0xff);
          left -= <u64>(entry & 0xff);
          now |= load<u64>(at) << left;
          at += <usize>((63 - left) >> 3);
          left |= 56;
          entry = entryFor(literals, LITERAL_BITS, now);
          continue;
        }
      }
      now |= load<u64>(at) << left;
      at += <usize>((63 - left) >> 3);
      left |= 56;
    }
    if (entry & IS_SPECIAL) {
      if (entry & IS_SUBTABLE) {
        now >>= LITERAL_BITS;
        left -= LITERAL_BITS;
        const index = <u32>(now & ((<u64>1 << ((entry >> 8) & 31)) - 1));
        entry = load<u32>(literals + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
        if (entry & IS_LITERAL) {
          store<u8>(output++, <u8>(entry >> 16));
          now >>= <u64>(entry & 0xff);
          left -= <u64>(entry & 0xff);
          now |= load<u64>(at) << left;
          at += <usize>((63 - left) >> 3);
          left |= 56;
          entry = entryFor(literals, LITERAL_BITS, now);
          continue;
        }
      }
      if (entry & IS_END) {
        bits = now >> <u64>(entry & 0xff);
        valid = left - <u64>(entry & 0xff);
        input = at;
        return output > outputEnd ? 0 : output;
      }
    }
    if (entry == 0) return 0;
    let all = <u64>(entry & 0xff);
    const length = ((entry >> 16) & 0x7fff) + <u32>((now & ((<u64>1 << all) - 1)) >> <u64>((entry >> 8) & 31));
    now >>= all;
    left -= all;
    entry = entryFor(distances, DISTANCE_BITS, now);
    if (entry & IS_SUBTABLE) {
      now >>= DISTANCE_BITS;
      left -= DISTANCE_BITS;
      const index = <u32>(now & ((<u64>1 << ((entry >> 8) & 31)) - 1));
      entry = load<u32>(distances + (<usize>(((entry >> 16) & 0x7fff) + index) << 2));
    }
    if (entry == 0) return 0;
    all = <u64>(entry & 0xff);
    const distance = <usize>((entry >> 16) & 0x7fff) + <usize>((now & ((<u64>1 << all) - 1)) >> <u64>((entry >> 8) & 31));
    now >>= all;
    left -= all;
    now |= load<u64>(at) << left;
    at += <usize>((63 - left) >> 3);
    left |= 56;
    // The next entry is on its way from memory while this match is copied.
    entry = entryFor(literals, LITERAL_BITS, now);
    if (distance > output - target) return 0;
    const end = output + length;
    copyMatch(output, output - distance, distance, end);
    output = end;
  }
  return 0;
}

/** Copies to `to` up to `end`, and at most 15 bytes too many, which the next output overwrites, or which are in the slack. */
// @ts-ignore: decorator
@inline
function copyMatch(to: usize, from: usize, distance: usize, end: usize): void {
  let output = to;
  let before = from;
  if (distance >= 16) {
    do {
      v128.store(output, v128.load(before));
      output += 16;
      before += 16;
    } while (output < end);
  } else if (distance >= 8) {
    do {
      store<u64>(output, load<u64>(before));
      output += 8;
      before += 8;
    } while (output < end);
  } else if (distance == 1) {
    const value = i8x16.splat(load<i8>(before));
    do {
      v128.store(output, value);
      output += 16;
    } while (output < end);
  } else {
    do store<u8>(output++, load<u8>(before++));
    while (output < end);
  }
}

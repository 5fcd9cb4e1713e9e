/**
 * CRC-32 (IEEE 802.3, as in zlib), forwards and backwards.
 *
 * A CRC step can be undone, which makes routable tokens cheap to prove: one walk from the checksum to the left shows for *every*
 * possible first byte whether the checksum is valid, with one table lookup per byte. Trying each start forwards is quadratic.
 */

const POLYNOMIAL = 0xedb88320;

const FORWARD = new Uint32Array(256);
/** Maps the top byte of a table entry to the entry's index: all top bytes differ, so a step can be undone. */
const INDEX_BY_TOP = new Uint8Array(256);

// The entry of a byte is the XOR of those of its bits: a commit hook has no time to compute each of them bit by bit.
for (let bit = 128, value = 1; bit > 0; bit >>= 1) {
  value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  for (let index = 0; index < 256; index += 2 * bit) FORWARD[bit + index] = value ^ FORWARD[index]!;
}
for (let index = 0; index < 256; index++) INDEX_BY_TOP[FORWARD[index]! >>> 24] = index;

/** The register before the first byte. */
export const CRC_INITIAL = 0xffffffff;

/** The CRC-32 of `bytes[start, end)`, 0 to 2^32-1. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let register = CRC_INITIAL;
  for (let at = start; at < end; at++) {
    register = FORWARD[(register ^ bytes[at]!) & 0xff]! ^ (register >>> 8);
  }
  return (register ^ CRC_INITIAL) >>> 0;
}

/** The register after the last byte, for a message whose CRC-32 is `crc`. */
export function registerOf(crc: number): number {
  return (crc ^ CRC_INITIAL) >>> 0;
}

/**
 * Undoes one step: returns the register before `byte`, given the register after it. A message starts where this is
 * {@link CRC_INITIAL}.
 */
export function crc32StepBack(register: number, byte: number): number {
  const index = INDEX_BY_TOP[register >>> 24]!;
  return (((register ^ FORWARD[index]!) << 8) | (index ^ byte)) >>> 0;
}

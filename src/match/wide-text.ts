/**
 * UTF-16 text (Windows tools write it) as one byte for each code unit, so that the kernel can search it. Tokens are
 * ASCII; every other unit becomes a question mark. Lines and columns stay what they are, offsets are doubled.
 */

import type { ByteReader } from '../model/artifact.ts';

export interface WideText {
  readonly encoding: 'utf-16le' | 'utf-16be';
  /** Bytes of the byte order mark. */
  readonly skip: 0 | 2;
}

/** How much of the beginning tells, where there is no mark. */
const SAMPLE = 4096;
const ENOUGH_UNITS = 8;
const QUESTION = 0x3f;

/** Whether the first `length` bytes begin a UTF-16 text: by its mark, or by a NUL in every other byte. */
export function detectWideText(bytes: Uint8Array, length: number): WideText | undefined {
  if (length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', skip: 2 };
  const sample = bytes.subarray(0, Math.min(length, SAMPLE));
  if (!sample.subarray(0, 2 * ENOUGH_UNITS).includes(0)) return undefined;
  const nuls = [0, 0] as [number, number];
  sample.forEach((byte, at) => {
    if (byte === 0) nuls[at & 1]!++;
  });
  const units = sample.length >> 1;
  if (units < ENOUGH_UNITS) return undefined;
  const [high, low] = [nuls[0] / units, nuls[1] / units];
  if (low >= 0.7 && high <= 0.05) return { encoding: 'utf-16le', skip: 0 };
  if (high >= 0.7 && low <= 0.05) return { encoding: 'utf-16be', skip: 0 };
  return undefined;
}

/** @param head what was read already */
export function narrowingReader(reader: ByteReader, head: Uint8Array, { encoding, skip }: WideText): ByteReader {
  const low = encoding === 'utf-16le' ? 0 : 1;
  const buffer = new Uint8Array(Math.max(head.length, 64 * 1024));
  buffer.set(head);
  let at: number = skip;
  let end = head.length;
  const narrow = (target: Uint8Array): number => {
    const count = Math.min((end - at) >> 1, target.length);
    for (let unit = 0; unit < count; unit++, at += 2) {
      const byte = buffer[at + low]!;
      target[unit] = buffer[at + 1 - low] === 0 && byte < 0x80 ? byte : QUESTION;
    }
    return count;
  };
  return {
    async read(target) {
      for (;;) {
        const count = narrow(target);
        if (count > 0) return count;
        buffer.copyWithin(0, at, end);
        end -= at;
        at = 0;
        const more = await reader.read(buffer.subarray(end));
        if (more === 0) return 0;
        end += more;
      }
    },
    close() {
      reader.close();
    },
  };
}

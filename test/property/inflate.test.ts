/** Our inflate against zlib's: the same bytes for every stream that zlib takes, and no others for any. */

import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLACK } from '../../src/history/packs/assembly/memory.ts';
import { Unpacker } from '../../src/history/packs/unpacker.ts';

const unpacker = new Unpacker();

/** What a stream gives, and how many of its bytes it takes; undefined: it is refused. */
function inflated(stream: Buffer, size: number): { text: Buffer; taken: number } | undefined {
  const { bytes, input, texts } = unpacker;
  bytes.set(stream, input);
  // The bytes behind it do not matter.
  bytes.fill(0x5a, input + stream.length, input + stream.length + SLACK);
  const taken = unpacker.inflate({ source: input, length: stream.length, target: texts, size });
  return taken === 0 ? undefined : { text: Buffer.from(bytes.subarray(texts, texts + size)), taken };
}

const text = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  // Repeats, near and far.
  fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(400)), { maxLength: 30 })
    .map((parts) =>
      Buffer.concat(parts.flatMap(([part, times]) => Array.from({ length: times }, () => Buffer.from(part)))),
    ),
  fc.string({ maxLength: 5000 }).map((string) => Buffer.from(string)),
);

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
});

it('gives what zlib has taken, whatever the way it was packed', () => {
  fc.assert(
    fc.property(text, options, (original, how) => {
      const plain = Buffer.from(original);
      const stream = deflateSync(plain, how);
      const result = inflated(stream, plain.length);
      expect(result?.text.equals(plain)).toBe(true);
      expect(result!.taken).toBe(stream.length);
      // Neither more nor less.
      expect(inflated(stream, plain.length + 1)).toBeUndefined();
      if (plain.length > 0) expect(inflated(stream, plain.length - 1)).toBeUndefined();
      expect(inflated(stream.subarray(0, -1), plain.length)).toBeUndefined();
    }),
    { numRuns: 1500 },
  );
});

it('takes nothing that zlib refuses, and gives nothing else than zlib', () => {
  fc.assert(
    fc.property(
      text,
      options,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
      (original, how, damage) => {
        const plain = Buffer.from(original);
        const stream = deflateSync(plain, how);
        for (const [at, bits] of damage) stream[at % stream.length]! ^= bits;
        const result = inflated(stream, plain.length);
        if (result === undefined) return;
        expect(inflateSync(stream).equals(result.text)).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

describe('large texts', () => {
  it.each([1, 6, 9])('level %s', (level) => {
    const words = Array.from({ length: 5000 }, (_, index) => `${(index * 2654435761) % 4096} word${index % 37}\n`).join(
      '',
    );
    const plain = Buffer.from(words.repeat(40));
    expect(inflated(deflateSync(plain, { level }), plain.length)!.text.equals(plain)).toBe(true);
  });
});

it('nonsense is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(5000), (bytes, size) => {
      expect(inflated(Buffer.from(bytes), size)).toBeUndefined();
    }),
    { numRuns: 5000 },
  );
});

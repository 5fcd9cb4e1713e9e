/** CRC-32 both ways, against zlib's own. */

import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CRC_INITIAL, crc32, crc32StepBack, registerOf } from '../../../src/lib/crc32.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

it('crc32: the same as zlib', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  fc.assert(
    fc.property(bytes, (message) => {
      expect(crc32(message)).toBe(zlibCrc32(message));
    }),
  );
});

it('crc32: of a part', () => {
  fc.assert(
    fc.property(bytes, fc.nat(200), fc.nat(200), (message, a, b) => {
      const start = Math.min(a, b, message.length);
      const end = Math.min(Math.max(a, b), message.length);
      expect(crc32(message, start, end)).toBe(zlibCrc32(message.subarray(start, end)));
    }),
  );
});

it('crc32StepBack: a walk back over a message ends where it started, and only there', () => {
  fc.assert(
    fc.property(bytes, (message) => {
      let register = registerOf(zlibCrc32(message));
      for (let at = message.length - 1; at >= 0; at--) {
        expect(register).not.toBe(CRC_INITIAL);
        register = crc32StepBack(register, message[at]!);
      }
      expect(register).toBe(CRC_INITIAL);
    }),
    // A register that passes its initial value by chance would be one in 2^32 a step.
    { seed: 1, numRuns: 300 },
  );
});

/** The scan of packs leaves out a line break only if no encoding of lines continues behind it. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextLine } from '../../src/detect/encodings/lines.ts';
import { IS_HEX } from '../../src/detect/encodings/hex-digits.ts';
import type { Text } from '../../src/detect/encodings/encoding.ts';
import { IS_BASE64 } from '../../src/detect/search/line-breaks.ts';
import { CR, LF } from '../../src/lib/bytes.ts';
import { Unpacker } from '../../src/history/packs/unpacker.ts';
import { runs } from '../support/runs.ts';

const unpacker = new Unpacker();
const FULL = 'a1'.repeat(16);
const PARTS = ['ab', 'xyz', 'Zm9v', '0f', FULL, `${FULL}${FULL}`, '/', '+', '-', '_', '=', '==', ' ', '\t', '\r', '\n']
  .concat('\r\n', '.', ':', '(', ')', ',', '"', 'é')
  .concat('a'.repeat(4090), ' '.repeat(4090));
const part = fc.constantFrom(...PARTS);

it('a line that continues another one is never left out', () => {
  let [continued, left] = [0, 0];
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.array(part, { maxLength: 8 }), (before, after) => {
      const bytes = Buffer.from(`${before.join('')}${FULL}\n${after.join('')}`, 'latin1');
      unpacker.bytes.set(bytes, unpacker.texts);
      const text = { bytes, filled: bytes.length } as unknown as Text; // all that nextLine reads
      for (let feed = bytes.indexOf(LF); feed >= 0; feed = bytes.indexOf(LF, feed + 1)) {
        const end = feed - (bytes[feed - 1] === CR ? 1 : 0);
        const isContinued = [IS_BASE64, IS_HEX].some((is) => nextLine(text, end, is) !== undefined);
        const mayContinue = unpacker.exports.mayContinue(unpacker.texts, bytes.length, feed) !== 0;
        if (isContinued) {
          continued++;
          expect(mayContinue).toBe(true);
        } else if (!mayContinue) left++;
      }
    }),
    { numRuns: runs({ fast: 5000, long: 200_000 }) },
  );
  expect(continued).toBeGreaterThan(500);
  expect(left).toBeGreaterThan(500);
});

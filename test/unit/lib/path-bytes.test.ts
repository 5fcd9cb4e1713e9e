/** File names survive the way through strings, whatever bytes they are. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodePath, encodePath, showPath } from '../../../src/lib/path-bytes.ts';

it('decodePath and encodePath: there and back for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(Buffer.from(encodePath(decodePath(bytes)))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

it('UTF-8 names stay as they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(decodePath(Buffer.from(name))).toBe(name);
    }),
  );
});

it('showPath: other bytes percent-encoded', () => {
  expect(showPath(decodePath(Buffer.from('caf\xe9.txt', 'latin1')))).toBe('caf%E9.txt');
});

/** Strangers' text cannot steer a terminal. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../../src/lib/printable.ts';

it('no control character, no direction override, no lone surrogate comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printable(text + '\u001b[31m\u202e\u009b\u0007\r\n\ud800');
      // oxlint-disable-next-line no-control-regex -- looking for them is the point
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
      expect(Buffer.from(shown).toString()).toBe(shown);
    }),
  );
});

it('columns stay true: one character for one', () => {
  expect(printable('a\tb\u001b[0m')).toBe('a b\u241b[0m');
});

it('fillers of Hangul, which look like a space, are shown', () => {
  expect(printable('a\u115fb\u1160c\u3164d\uffa0e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
});

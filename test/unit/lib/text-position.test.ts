/** Lines and columns, against the platform's own decoder. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterStart, countLines, utf16Length } from '../../../src/lib/text-position.ts';

/** Bytes that are often nearly UTF-8. */
const nearlyUtf8 = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          'e0a0',
          'ed9fbf',
          'eda080',
          'f0908080',
          'f48fbfbf',
          'f4908080',
          'f09f98',
          'c080',
          'c2',
          'ff',
          '0a',
        )
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts));

it('utf16Length: what TextDecoder gives, for valid and invalid UTF-8', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  fc.assert(
    fc.property(nearlyUtf8, (bytes) => {
      expect(utf16Length(bytes, 0, bytes.length)).toBe(decoder.decode(bytes).length);
    }),
    { numRuns: 3000 },
  );
});

it('countLines: line feeds only', () => {
  expect(countLines(Buffer.from('a\r\nb\rc\u2028d\n\n'), 0, 14)).toBe(3);
  expect(countLines(Buffer.from('\n\n\n'), 1, 2)).toBe(1);
});

describe('characterStart', () => {
  it('never cuts a character, and steps back three bytes at most', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.nat(60), (text, position) => {
        const bytes = Buffer.from(text);
        const at = Math.min(position, bytes.length);
        const start = characterStart(bytes, at);
        expect(at - start).toBeLessThanOrEqual(3);
        expect(utf16Length(bytes, 0, start) + utf16Length(bytes, start, bytes.length)).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves bytes that are no character alone', () => {
    expect(characterStart(Buffer.from('80808080', 'hex'), 3)).toBe(3);
  });
});

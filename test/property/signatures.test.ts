/** Two ways to see that a text is no archive, without reading it from end to end, are never wrong. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createPrefilter } from '../../src/history/packs/prefilter.ts';
import { Unpacker } from '../../src/history/packs/unpacker.ts';
import { ARCHIVE_TAIL, archivesIn, beginningOf, isArchive, SIGNATURES } from '../../src/lib/archive-kind.ts';
import { ENCRYPTED, hasMagic, isCompress, isCpio, isLzma, MAGICS, mayHaveMagic } from '../../src/lib/archive-magics.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { runs } from '../support/runs.ts';

const unpacker = new Unpacker();
unpacker.prepareSearch(createPrefilter(builtinRuleset(), createKernel).search);

const holds = (text: Uint8Array): boolean =>
  SIGNATURES.some((signature) => Buffer.from(text).includes(Buffer.from(signature)));

/** Bytes with signatures, and parts of them, in between. */
const bytes = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(...SIGNATURES) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...SIGNATURES), fc.nat(8), fc.nat(8))
          .map(([signature, from, to]) => signature.slice(from, to)),
      },
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

it('a signature is found wherever it is, and no other bytes are', () => {
  fc.assert(
    fc.property(bytes, fc.nat(7), (text, shift) => {
      const start = unpacker.texts + 2 * shift;
      unpacker.bytes.set(text, start);
      // What follows is not part of the text.
      unpacker.bytes.set(SIGNATURES[0]!, start + text.length);
      expect(unpacker.holdsSignature(unpacker.bytes.subarray(start, start + text.length))).toBe(holds(text));
    }),
    { numRuns: runs({ fast: 2000, long: 100_000 }) },
  );
});

/** Beginnings that have no magic number of their own. */
const OTHERS = ['1f9d90', '5d00008000ffffffffffffffff00', '3037303730', 'c771', '8c0d0409', '789c'].map((digits) => ({
  at: 0,
  bytes: Buffer.from(digits, 'hex'),
}));

/** A text that begins as an archive does, or has such bytes elsewhere. */
const headed = fc
  .tuple(
    fc.constantFrom(...MAGICS, ...ENCRYPTED, ...OTHERS),
    fc.uint8Array({ minLength: 0, maxLength: 1200 }),
    bytes,
    fc.boolean(),
  )
  .map(([{ at, bytes: magic }, filler, rest, isInPlace]) => {
    const text = Buffer.concat([filler, rest, Buffer.alloc(isInPlace ? 1200 : 0)]);
    text.set(magic.subarray(0, Math.max(0, text.length - at)), Math.min(at, text.length));
    return text;
  });

it('a text without a signature is an archive only if it looks like one at fixed places', () => {
  let archives = 0;
  fc.assert(
    fc.property(fc.oneof(headed, bytes), (text) => {
      const tail = text.subarray(Math.max(0, text.length - ARCHIVE_TAIL));
      const expected = archivesIn(beginningOf(text, text.length), tail, text.length).length > 0;
      if (expected) archives++;
      expect(isArchive(text, holds(text))).toBe(expected);
      unpacker.bytes.set(text, unpacker.texts);
      const inMemory = unpacker.bytes.subarray(unpacker.texts, unpacker.texts + text.length);
      if (isArchive(text, false)) expect(unpacker.mayBeArchive(inMemory)).toBe(true);
      const hasMagicNumber =
        [...MAGICS, ...ENCRYPTED].some((magic) => hasMagic(magic, text)) ||
        isCompress(text) ||
        isLzma(text) ||
        isCpio(text);
      if (hasMagicNumber) expect(mayHaveMagic(text)).toBe(true);
    }),
    { numRuns: runs({ fast: 2000, long: 100_000 }) },
  );
  expect(archives).toBeGreaterThan(300);
});

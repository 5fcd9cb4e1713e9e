/** A token is found whatever touches it: every kind, between any bytes, with the exact span. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIDENCES } from '../../src/model/confidence.ts';
import { find } from '../support/find.ts';
import { maskText } from '../support/mask-text.ts';
import { KINDS, Random } from '../support/mint.ts';
import { runs, some } from '../support/runs.ts';

/** Found only by the name before them: a longer text is another value. */
const NAMED = new Set(['runner bare typed', 'feed, old']);
/** They have no length of their own, so what touches them may be a part of them. */
const OF_ANY_LENGTH = new Set(['feed for a path', 'incoming mail', 'workspace', 'workspace, longer', 'iam service']);
const KIND_NAMES = Object.keys(KINDS).filter((name) => !NAMED.has(name));

const neighbours = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.stringMatching(/^[0-9A-Za-z_-]{1,8}$/).map((text) => Buffer.from(text)),
);
const around = fc.tuple(neighbours, neighbours, fc.integer({ min: 0, max: 1e6 }));

describe.each(some(KIND_NAMES, 16))('%s', (name) => {
  const kind = KINDS[name]!;
  const touches = name === 'webhook signing' ? /[0-9A-Za-z+/=]/ : name === 'incoming mail' ? /[0-9A-Za-z_]/ : /[\w-]/;

  it('between any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(around, async ([before, after, seed]) => {
        const token = kind.make(new Random(seed), '');
        const [name0, name1] = kind.carriers?.[seed % kind.carriers.length] ?? ['', ''];
        const head = Buffer.concat([before, Buffer.from(name0)]);
        const text = Buffer.concat([head, Buffer.from(token), after, Buffer.from(name1)]);
        const found = (await find(text)).filter(({ start }) => start === head.length);
        expect(found).toHaveLength(1);
        const [{ ruleId, confidence, end }] = found as [(typeof found)[0]];
        expect(ruleId).toBe(kind.ruleId);
        const isTouched = kind.confidence !== 'proven' && touches.test(String.fromCharCode(after[0]!));
        if (!OF_ANY_LENGTH.has(name) || !isTouched) expect(end - head.length).toBe(token.length);
        if (isTouched && !OF_ANY_LENGTH.has(name)) expect(confidence).toBe('likely');
        expect(CONFIDENCES.indexOf(confidence)).toBeGreaterThanOrEqual(
          CONFIDENCES.indexOf(isTouched ? 'likely' : kind.confidence),
        );
      }),
      { numRuns: runs({ fast: 20, long: 120 }), seed: 20_261_128 },
    );
  });

  it('is masked together with what touches it, however the text is cut', () => {
    fc.assert(
      fc.property(around, fc.nat(), ([, , seed], cut) => {
        const random = new Random(seed);
        const token = kind.make(random, '');
        const [name0, name1] = kind.carriers?.[seed % kind.carriers.length] ?? ['x ', ' y'];
        const text = Buffer.from(`${name0}${token}${random.pick(['-fix', 'end', '_1', '9'])}${name1}`);
        const at = cut % text.length;
        const shown = maskText(text, { pieces: [at] }).text.toString();
        // A prefix that may hold anything is public, and may have been shown before it was known for one.
        if (name !== 'pat custom prefix v1') expect(shown).toBe(maskText(text).text.toString());
        expect(shown).not.toContain(token.slice(-12));
        if (name !== 'incoming mail' && name !== 'webhook signing') expect(shown).not.toMatch(/MASKED\][\w-]/);
      }),
      { numRuns: runs({ fast: 6, long: 60 }), seed: 20_261_128 },
    );
  });
});

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The longest of each form, so that where they end is known. */
describe.each([
  ['hvs.', 24, 'vault_service_token'],
  ['hvs.', 128, 'vault_service_token'],
  ['hvb.', 5000, 'vault_batch_token'],
  ['hvr.', 128, 'vault_recovery_token'],
] as const)('%s and %i characters', (prefix, length, ruleId) => {
  it('between any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(around, async ([left, after, seed]) => {
        // A dot before it makes a name in a program of it.
        const before = Buffer.from(left.map((byte) => (byte === 0x2e ? 0x20 : byte)));
        const token = prefix + new Random(seed).of(ALPHANUMERIC, length);
        const text = Buffer.concat([before, Buffer.from(token), after]);
        const isTouched =
          /[\w-]/.test(String.fromCharCode(after[0]!)) || /[\w-]/.test(String.fromCharCode(before.at(-1)!));
        expect((await find(text)).filter(({ start }) => start === before.length)).toEqual([
          {
            ruleId,
            start: before.length,
            end: before.length + token.length,
            confidence: isTouched ? 'likely' : 'certain',
          },
        ]);
      }),
      { numRuns: runs({ fast: 20, long: 120 }), seed: 20_261_128 },
    );
  });
});

it('side by side: each of two tokens is found', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KIND_NAMES.filter((name) => KINDS[name]!.carriers === undefined && !OF_ANY_LENGTH.has(name))),
      fc.constantFrom(...KIND_NAMES.filter((name) => KINDS[name]!.carriers === undefined && !OF_ANY_LENGTH.has(name))),
      fc.integer({ min: 0, max: 1e6 }),
      async (one, other, seed) => {
        // Only the checksum shows where a custom prefix begins, and it may begin with anything.
        const [a, b] = [KINDS[one]!.make(new Random(seed), ''), KINDS[other]!.make(new Random(seed + 1), '')];
        const found = await find(a + b);
        expect(found.map(({ start, end }) => [start, end])).toEqual([
          [0, a.length],
          [a.length, a.length + b.length],
        ]);
      },
    ),
    { numRuns: runs({ fast: 60, long: 600 }), seed: 20_261_128 },
  );
});

/** Masking does not depend on how a text is cut into pieces, nor on pauses between them; and nothing else changes. */

import { describe, expect, it } from 'vitest';
import { MaskStream } from '../../src/mask/mask-stream.ts';
import { createKernel } from '../../src/match/create-kernel.ts';
import { createTsKernel } from '../../src/match/ts-kernel.ts';
import { builtinRuleset } from '../../src/ruleset/builtin.ts';
import { expandVector, seededRandom } from '../../src/ruleset/vectors.ts';
import { KINDS, place, Random } from '../support/mint.ts';
import { builtinRules } from '../support/rules.ts';

const ruleset = builtinRuleset();
const REPEATING = 'zqzqzqzq';
const VALUES = ['p4ss/w0rd "with" quotes', 'ordinary-value-7', REPEATING];

interface Masked {
  readonly text: Buffer;
  readonly leaks: number;
}

/** @param pieces lengths; what is left comes at last @param pause whether nothing comes for a while after a piece */
function mask(
  text: Buffer,
  pieces: Iterable<number> = [],
  pause: () => boolean = () => false,
  kernel = createKernel,
): Masked {
  const given: Uint8Array[] = [];
  // What is cut often is given to many streams, and the plain kernel starts sooner.
  const stream = new MaskStream({ ruleset, createKernel: kernel, values: VALUES });
  let at = 0;
  for (const length of pieces) {
    if (at >= text.length) break;
    given.push(stream.push(text.subarray(at, at + length)));
    if (pause()) given.push(stream.release());
    at += length;
  }
  given.push(stream.push(text.subarray(at)), stream.end());
  return { text: Buffer.concat(given), leaks: stream.leaks };
}

/** Without a prefix of their own the part before the first dot may be given before it is known what it is. */
const PREFIXED = Object.keys(KINDS).filter((kind) => !/custom|no prefix|unprefixed/.test(kind));
const COLOURS = ['\u001B[31m', '\u001B[0;m', '\u001B[0K', '\u001B(B'];
const NOISE = [
  'so the build went on\n',
  'glpat',
  'glpat-short ',
  'gl',
  '\u001B[32;1mok\u001B[0m ',
  '\u001B]0;title\u0007',
  'é😀 ',
  '\r\n',
  '-----BEGIN ',
  '-----BEGIN CERTIFICATE-----\nMIIB\n',
  'PRIVATE-TOKEN: $TOKEN\n',
  'PRIVATE-TOKEN: ',
  'CI_JOB_TOKEN=',
  'machine x login y password z\n',
  'Z2xwYXQt ',
  'glrt-glrt-glrt- ',
  'a.01.b ',
  '=\n',
  'curl --header "',
  'glpat%2D ',
  '\u001B',
  '\u001B[',
  'ordinary-',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0',
];

function randomText(random: Random, steps: number): Buffer {
  let text = '';
  for (let step = 0; step < steps; step++) {
    const roll = random.below(10);
    if (roll < 5) text += random.pick(NOISE);
    else if (roll < 6) text += `${random.pick(VALUES)} `;
    else {
      const { text: placed } = place(random.pick(PREFIXED), random);
      const at = random.below(placed.length);
      text += roll < 8 ? `${placed} ` : `${placed.slice(0, at)}${random.pick(COLOURS)}${placed.slice(at)} `;
    }
  }
  return Buffer.from(text);
}

function* lengths(random: Random, most: number): Generator<number> {
  for (;;) yield random.between(1, most);
}

describe('masking in pieces', () => {
  it.each(Array.from({ length: 4 }, (_, seed) => seed))(
    'gives the same at every split point, with a pause and without (%i)',
    { timeout: 120_000 },
    (seed) => {
      const text = randomText(new Random(seed), 10);
      const whole = mask(text);
      for (let at = 0; at <= text.length; at++) {
        for (const pause of [false, true]) {
          const { text: masked, leaks } = mask(text, [at], () => pause, createTsKernel);
          if (!masked.equals(whole.text))
            expect([at, pause, masked.toString()]).toEqual([at, pause, whole.text.toString()]);
          expect(leaks).toBe(whole.leaks);
        }
      }
    },
  );

  it.each(Array.from({ length: 70 }, (_, seed) => seed))(
    'gives the same in any pieces, with any pauses (%i)',
    (seed) => {
      const random = new Random(1000 + seed);
      const text = randomText(random, 40);
      const whole = mask(text);
      for (const most of [1, 2, 5, 30, 400]) {
        for (const often of [0, 1, 3]) {
          const { text: masked } = mask(text, lengths(random, most), () => often > 0 && random.below(often) === 0);
          if (!masked.equals(whole.text))
            expect([most, often, masked.toString()]).toEqual([most, often, whole.text.toString()]);
        }
      }
    },
  );

  it.each(Object.keys(KINDS))('shows nothing of a token: %s', (kind) => {
    const random = new Random(5);
    for (let round = 0; round < 20; round++) {
      const { text, token } = place(kind, random);
      const masked = mask(Buffer.from(text)).text.toString();
      const secret = token.replace(/^(?:[A-Za-z0-9_]+-)?[a-zA-Z_]{2,10}[-.]/, '').slice(-12);
      expect(masked).not.toContain(secret);
      expect(masked).toContain('[MASKED]');
    }
  });

  it.each(Array.from({ length: 30 }, (_, seed) => seed))('passes all else byte for byte (%i)', (seed) => {
    const random = new Random(2000 + seed);
    const pieces = Array.from({ length: 200 }, () =>
      random.below(3) === 0 ? random.bytes(random.below(40)) : Buffer.from(random.pick(NOISE.slice(0, -3))),
    );
    const text = Buffer.concat(pieces);
    const { text: masked } = mask(text, lengths(random, 50), () => random.below(2) === 0);
    expect(masked.equals(text)).toBe(true);
  });

  it.each(builtinRules)('gives the same in any pieces: $id', (rule) => {
    const random = new Random(7);
    const examples = rule.forms.flatMap((form) =>
      [...form.examples, ...form.counterexamples].map((example) => expandVector(example, seededRandom(13)).text),
    );
    for (const example of examples) {
      const text = Buffer.from(`${example}\n${example} .`);
      const whole = mask(text);
      for (const most of [1, 3, 20]) {
        const { text: masked } = mask(
          text,
          lengths(random, Math.max(most, text.length / 300)),
          () => random.below(3) === 0,
        );
        // Without a prefix the part before the first dot may be given.
        if (!masked.equals(whole.text) && !/routable|oauth_access/.test(rule.id))
          expect([example, most, masked.toString()]).toEqual([example, most, whole.text.toString()]);
      }
    }
  });

  it.each(builtinRules)('shows no secret of an example: $id', (rule) => {
    for (const example of rule.forms.flatMap((form) => form.examples)) {
      const { text, secrets } = expandVector(example, seededRandom(17));
      const masked = mask(Buffer.from(text)).text.toString('latin1');
      for (const { start, end } of secrets) {
        const secret = Buffer.from(text).toString('latin1', start, end);
        // A prefix may be shown, and what of an encoded one stands before it.
        const part = secret.slice(-Math.min(24, Math.max(8, secret.length - 12)));
        expect([example, masked.includes(part)]).toEqual([example, false]);
      }
    }
  });
});

it('a value that stands over and over is one mask, however long that goes on', () => {
  const random = new Random(5);
  const text = Buffer.from(`before ${REPEATING}${'zq'.repeat(1_500_000)} after`);
  const pieces = Array.from({ length: 200 }, () => random.below(40_000));
  for (const { text: masked, leaks } of [mask(text), mask(text, pieces, () => random.below(2) === 0)]) {
    expect(masked.toString()).toBe('before [MASKED] after');
    expect(leaks).toBe(1);
  }
});

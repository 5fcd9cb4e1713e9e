/** Masking does not depend on how a text is cut into pieces, nor on pauses between them; and nothing else changes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskStream } from '../../src/mask/mask-stream.ts';
import { StreamRules } from '../../src/mask/stream-rules.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { fastest, type MaskedText, maskText, type MaskTextOptions } from '../support/mask-text.ts';
import { KINDS, place, Random } from '../support/mint.ts';
import { randomLog } from '../support/random-log.ts';
import { builtinRules } from '../support/rules.ts';
import { IS_LONG, runs, seeds, some } from '../support/runs.ts';

const rules = new StreamRules(builtinRuleset());
const REPEATING = 'zqzqzqzq';
const VALUES = ['p4ss/w0rd "with" quotes', 'ordinary-value-7', REPEATING];

const mask = (text: Buffer, options: MaskTextOptions = {}): MaskedText =>
  maskText(text, { values: VALUES, ...options });

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
  it.each(seeds({ fast: 1, long: 4 }))(
    'gives the same at every split point, with a pause and without (%i)',
    { timeout: 120_000 },
    (seed) => {
      const text = randomText(new Random(seed), runs({ fast: 2, long: 10 }));
      const whole = mask(text);
      for (let at = 0; at <= text.length; at++) {
        for (const pause of [false, true]) {
          const { text: masked, leaks } = mask(text, { pieces: [at], pause: () => pause, isPlain: true });
          if (!masked.equals(whole.text))
            expect([at, pause, masked.toString()]).toEqual([at, pause, whole.text.toString()]);
          expect(leaks).toBe(whole.leaks);
        }
      }
    },
  );

  it.each(seeds({ fast: 1, long: 70 }))('gives the same in any pieces, with any pauses (%i)', (seed) => {
    const random = new Random(1000 + seed);
    const text = randomText(random, runs({ fast: 20, long: 40 }));
    const whole = mask(text);
    for (const most of [1, 2, 5, 30, 400]) {
      for (const often of [0, 1, 3]) {
        const { text: masked } = mask(text, {
          pieces: lengths(random, most),
          pause: () => often > 0 && random.below(often) === 0,
        });
        if (!masked.equals(whole.text))
          expect([most, often, masked.toString()]).toEqual([most, often, whole.text.toString()]);
      }
    }
  });

  it.each(some(Object.keys(KINDS), 20))('shows nothing of a token: %s', (kind) => {
    const random = new Random(5);
    for (let round = 0; round < runs({ fast: 2, long: 20 }); round++) {
      const { text, token } = place(kind, random);
      const masked = mask(Buffer.from(text)).text.toString();
      const secret = token.replace(/^(?:[A-Za-z0-9_]+-)?[a-zA-Z_]{2,10}[-.]/, '').slice(-12);
      expect(masked).not.toContain(secret);
      expect(masked).toContain('[MASKED]');
    }
  });

  it.each(seeds({ fast: 4, long: 30 }))('passes all else byte for byte (%i)', (seed) => {
    const random = new Random(2000 + seed);
    const pieces = Array.from({ length: 200 }, () =>
      random.below(3) === 0 ? random.bytes(random.below(40)) : Buffer.from(random.pick(NOISE.slice(0, -3))),
    );
    const text = Buffer.concat(pieces);
    const { text: masked } = mask(text, { pieces: lengths(random, 50), pause: () => random.below(2) === 0 });
    expect(masked.equals(text)).toBe(true);
  });

  it.each(some(builtinRules, 20))('gives the same in any pieces: $id', (rule) => {
    const random = new Random(7);
    const examples = rule.forms.flatMap((form) =>
      [...form.examples, ...form.counterexamples].map((example) => expandExample(example, seededRandom(13)).text),
    );
    for (const example of examples) {
      const text = Buffer.from(`${example}\n${example} .`);
      const whole = mask(text);
      for (const most of IS_LONG ? [1, 3, 20] : [3]) {
        const { text: masked } = mask(text, {
          pieces: lengths(random, Math.max(most, text.length / 300)),
          pause: () => random.below(3) === 0,
        });
        // Without a prefix the part before the first dot may be given.
        if (!masked.equals(whole.text) && !/routable|oauth_access/.test(rule.id))
          expect([example, most, masked.toString()]).toEqual([example, most, whole.text.toString()]);
      }
    }
  });

  it.each(builtinRules)('shows no secret of an example: $id', (rule) => {
    for (const example of rule.forms.flatMap((form) => form.examples)) {
      const { text, secrets } = expandExample(example, seededRandom(17));
      const masked = mask(Buffer.from(text)).text.toString('latin1');
      for (const { start, end } of secrets) {
        const secret = Buffer.from(text).toString('latin1', start, end);
        // A prefix may be shown, and of an encoded one the part before it.
        const part = secret.slice(-Math.min(24, Math.max(8, secret.length - 12)));
        expect([example, masked.includes(part)]).toEqual([example, false]);
      }
    }
  });
});

/** Lines of a log, some of them with a token that colours and the ends of lines cut. */
function randomLogWithTokens(random: Random, stretches: number): Buffer {
  const pieces: Buffer[] = [];
  for (let count = 0; count < stretches; count++) {
    const { text } = place(random.pick(PREFIXED), random);
    const cuts = [random.pick(COLOURS), random.pick(['\n', '\r\n', '\r', '\b', '\u001B]8;;x\u0007', '\u001B[1', 'é'])];
    const at = random.below(text.length);
    const isCut = random.below(3) > 0;
    pieces.push(
      randomLog(random, random.below(3)),
      Buffer.from(random.pick(['', 'so the build went on with ', '  '])),
      Buffer.from(isCut ? `${text.slice(0, at)}${random.pick(cuts)}${text.slice(at)}` : text),
      Buffer.from(random.pick(['\n', ' ', ''])),
    );
  }
  return Buffer.concat(pieces);
}

describe('walking many bytes at once', () => {
  const streams = (values: readonly string[]): readonly MaskStream[] =>
    [false, true].map((isSlow) => new MaskStream({ rules, createKernel: fastest.create, values, isSlow }));

  it.each(seeds({ fast: 5, long: 120 }))('gives the same after each piece (%i)', (seed) => {
    const random = new Random(6000 + seed);
    const log = randomLogWithTokens(random, 1 + random.below(30));
    const [fast, slow] = streams(random.below(2) === 0 ? VALUES : []);
    const most = random.pick([1, 3, 50, 1000, 70_000, 400_000]);
    for (let at = 0; at < log.length;) {
      const to = Math.min(log.length, at + 1 + random.below(Math.max(most, log.length / 3000)));
      const given = [fast!, slow!].map((stream) => Buffer.from(stream.push(log.subarray(at, to))));
      if (random.below(4) === 0)
        for (const [index, stream] of [fast!, slow!].entries())
          given[index] = Buffer.concat([given[index]!, stream.release()]);
      if (!given[0]!.equals(given[1]!))
        expect(given[0]!.toString('latin1'), JSON.stringify(log.toString('latin1', 0, to).slice(-400))).toBe(
          given[1]!.toString('latin1'),
        );
      at = to;
    }
    expect(Buffer.from(fast!.end()).equals(Buffer.from(slow!.end()))).toBe(true);
    expect(fast!.leaks).toBe(slow!.leaks);
    fastest.release();
  });

  it('gives the same at every split point', () => {
    const random = new Random(9);
    for (let round = 0; round < runs({ fast: 2, long: 20 }); round++) {
      const log = randomLogWithTokens(random, 1).subarray(0, 160);
      const whole = maskText(log, { isPlain: true });
      for (let at = 0; at <= log.length; at++) {
        const masked = mask(log, { pieces: [at], values: [] });
        expect([at, masked.text.toString('latin1'), masked.leaks]).toEqual([
          at,
          whole.text.toString('latin1'),
          whole.leaks,
        ]);
      }
    }
  });
});

it('a value that is repeated without a break is one mask, however long it is', () => {
  const random = new Random(5);
  const text = Buffer.from(`before ${REPEATING}${'zq'.repeat(runs({ fast: 150_000, long: 1_500_000 }))} after`);
  const pieces = Array.from({ length: 200 }, () => random.below(runs({ fast: 4000, long: 40_000 })));
  for (const { text: masked, leaks } of [mask(text), mask(text, { pieces, pause: () => random.below(2) === 0 })]) {
    expect(masked.toString()).toBe('before [MASKED] after');
    expect(leaks).toBe(1);
  }
});

describe('lines that a program has cut', () => {
  /** How programs cut: all lines but the last of one width, with or without a carriage return. */
  const cut = (text: string, width: number, end: string): string =>
    text.match(new RegExp(`.{1,${width}}`, 'gs'))!.join(end);
  const KNOWN = PREFIXED.filter(
    (kind) => !/workspace|jwt|stateless|feed|iam|error|session|incoming|webhook|runner typed|runner bare/.test(kind),
  );

  it('a token is masked with all its pieces, in any pieces of the stream, with any pauses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 20, max: 120 }), async (seed, width) => {
        const random = new Random(seed);
        const token = KINDS[random.pick(KNOWN)]!.make(random, '');
        const lead = `${'so the build went on '.repeat(5).slice(0, random.below(100))} ${random.pick(['', '"', 'T='])}`;
        const rest = random.pick(['', '"', ' and more', '@host']);
        const end = random.pick(['\n', '\r\n']);
        const text = Buffer.from(`a line above\n${cut(lead + token + rest, width, end)}${end}$ next\n`);
        const whole = mask(text, { isPlain: true });
        expect(whole.leaks).toBe(1);
        const shown = whole.text.toString().replaceAll(/[\r\n]/g, '');
        const left = lead.length + 'a line above'.length;
        // The prefix stays.
        const prefix = /^(?:gl[a-z]+-(?:t[123]_|[0-9a-f]{1,5}_)?|GR1348941|[a-z_]+_)/.exec(token)?.[0] ?? '';
        expect(shown.slice(0, left)).toBe(`a line above${lead}`);
        for (let at = prefix.length; at + 4 <= token.length; at++)
          expect(shown.slice(left), text.toString()).not.toContain(token.slice(at, at + 4));
        expect(shown.endsWith(`${rest}$ next`)).toBe(true);
        for (const most of [1, 3, 40])
          for (const often of [0, 2]) {
            const given = mask(text, {
              pieces: lengths(random, most),
              pause: () => often > 0 && random.below(often) === 0,
              isPlain: true,
            });
            expect([given.text.toString(), given.leaks]).toEqual([whole.text.toString(), 1]);
          }
      }),
      { numRuns: runs({ fast: 2, long: 60 }) },
    );
  });

  it('a token that is whole is masked, and what the line below begins with is not', () => {
    const random = new Random(11);
    for (const kind of KNOWN) {
      const token = KINDS[kind]!.make(random, '');
      const above = 'so the build went on '.repeat(2);
      for (const below of ['so it went', 'a/b/c.txt', '1.2.3', 'npm']) {
        const { text, leaks } = mask(Buffer.from(`${above}${token}\n${below}\n`), { isPlain: true });
        expect([text.toString().startsWith(above), text.toString().endsWith(`]\n${below}\n`), leaks]).toEqual([
          true,
          true,
          1,
        ]);
      }
    }
  });

  it('what a line ends with is seen when nothing follows for a while', () => {
    for (const line of [
      'a commit: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
      'where to look: src/mask/view',
      'a word is g',
    ]) {
      const stream = new MaskStream({ rules, createKernel: fastest.create, values: [] });
      const shown = Buffer.concat([stream.push(Buffer.from(`${line}\n`)), stream.release()]).toString();
      expect(shown).toBe(`${line}\n`);
    }
  });
});

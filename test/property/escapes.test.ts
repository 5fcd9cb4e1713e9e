/**
 * Text in which any characters are written as any escapes: its tokens are found as if none were, and what it costs
 * does not depend on how many there are.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { DecodedRun } from '../../src/detect/encodings/decoded-run.ts';
import { OWN_KINDS } from '../support/encoded.ts';
import { bytesInput } from '../support/find.ts';
import { KINDS, mint, Random } from '../support/mint.ts';
import { runs, some } from '../support/runs.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);

const code = (character: string): number => character.charCodeAt(0);
const hex = (character: string): string => code(character).toString(16).padStart(2, '0');

/** Every style but that of quoted-printable text, which has names of its own. */
const STYLES: Readonly<Record<string, (character: string) => string>> = {
  percent: (character) => `%${hex(character)}`,
  'percent, upper case': (character) => `%${hex(character).toUpperCase()}`,
  'percent, twice': (character) => `%25${hex(character)}`,
  'four digits': (character) => `\\u00${hex(character)}`,
  'four digits, upper case': (character) => `\\u00${hex(character).toUpperCase()}`,
  'four digits in JSON in JSON': (character) => `\\\\u00${hex(character)}`,
  'eight digits': (character) => `\\U000000${hex(character)}`,
  'two digits': (character) => `\\x${hex(character)}`,
  'in braces': (character) => `\\u{${hex(character)}}`,
  'in braces, with zeros': (character) => `\\u{00${hex(character)}}`,
  octal: (character) => `\\${code(character).toString(8).padStart(3, '0')}`,
  decimal: (character) => `&#${code(character)};`,
  'decimal, with zeros': (character) => `&#0${code(character)};`,
  hexadecimal: (character) => `&#x${hex(character)};`,
  'hexadecimal, upper case': (character) => `&#X${hex(character).toUpperCase()};`,
};
const QUOTED: Readonly<Record<string, (character: string) => string>> = {
  'quoted-printable': (character) => `=${hex(character).toUpperCase()}`,
  'quoted-printable, lower case': (character) => `=${hex(character)}`,
};
const ALL = { ...STYLES, ...QUOTED };

async function secretsIn(
  text: string,
): Promise<{ secret: string; start: number; end: number; encodings: readonly string[] }[]> {
  const { candidates } = await matcher.match(bytesInput(Buffer.from(text, 'latin1')));
  return candidates.map(({ secret, region, encodings = [] }) => ({
    secret: secret.reveal(),
    start: region.byteOffset,
    end: region.byteOffset + region.byteLength,
    encodings,
  }));
}

/** The text around it, which must not matter. */
const FRAMES = [
  ['', ''],
  ['"', '"'],
  ['token: ', '\n'],
  ['https://example.com/', '?x=1'],
  ['{"a":"b\\n', '","c":1}'],
  ['<p>', '</p>'],
] as const;

describe('characters escaped at random', () => {
  const escaped = (text: string, random: Random, styles: readonly ((character: string) => string)[], often: number) =>
    [...text].map((character) => (random.below(100) < often ? random.pick(styles)(character) : character)).join('');

  it.each([
    ['one style', 1],
    ['any styles', 8],
  ])('a token is found, exactly, in %s', async (_, count) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(3, 20, 50, 90, 100), async (seed, often) => {
        const random = new Random(seed);
        const token = mint(random.pick(OWN_KINDS), random);
        const styles = Array.from({ length: count }, () => random.pick(Object.values(ALL)));
        // In quoted-printable text every equals sign is escaped.
        const written = escaped(token, random, styles, often).replace(/=$/, '=3D');
        const [before, after] = random.pick(FRAMES);
        const found = await secretsIn(before + written + after);
        expect(
          found.map(({ secret, start, end }) => ({ secret, start, end })),
          written.replaceAll(token, '[token]'),
        ).toContainEqual({
          secret: token,
          start: before.length,
          end: before.length + written.length,
        });
      }),
      { numRuns: runs({ fast: 120, long: 2000 }) },
    );
  });

  it.each(some(Object.entries(ALL), 6))('each character of a prefix alone: %s', async (_, write) => {
    const random = new Random(5);
    for (const kind of ['pat legacy', 'deploy', 'runner typed', 'feed', 'trigger', 'agent', 'runner registration']) {
      const token = mint(kind, random);
      for (let at = 0; at < 12; at++) {
        const written = token.slice(0, at) + write(token[at]!) + token.slice(at + 1);
        const [found, ...others] = await secretsIn(`x = ${written}\n`);
        expect([found?.secret, found?.start, others.length], `${kind} ${at}`).toEqual([token, 4, 0]);
      }
    }
  });

  it('what a backslash escapes in Markdown is read without it', async () => {
    const random = new Random(6);
    for (const kind of ['pat legacy', 'runner typed', 'pat routable v1', 'agent'] as const) {
      const token = mint(kind, random);
      const written = token.replaceAll(/[-_.]/g, '\\$&');
      const [found] = await secretsIn(`- ${written}\n`);
      expect(found).toEqual({ secret: token, start: 2, end: 2 + written.length, encodings: ['backslash'] });
    }
  });

  it('the styles of a token are named', async () => {
    const random = new Random(7);
    const token = KINDS['pat legacy']!.make(random, '');
    const body = token.slice('glpat-'.length);
    const written = `gl%70at\\u002d${body.slice(0, 4)}&#${code(body[4]!)};${body.slice(5)}`;
    const [found] = await secretsIn(written);
    expect([found?.secret, found?.encodings]).toEqual([token, ['percent', 'unicode-escape', 'html']]);
  });

  it('an equals sign is one where nothing is quoted-printable', async () => {
    const random = new Random(8);
    for (let done = 0; done < 50; done++) {
      const token = KINDS['pat legacy']!.make(random, '');
      const text = `?a=3Dx&t=gl%70at-${token.slice(6)}&b=41`;
      expect((await secretsIn(text)).map(({ secret }) => secret)).toEqual([token]);
    }
  });
});

describe('what is decoded', () => {
  const SIZE = runs({ fast: 16, long: 64 }) * 1024;
  const fill = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
  const english = 'The quick brown fox jumps over the lazy dog and plates are in gl and glp. ';
  const DENSE: readonly string[] = [
    ...Object.values(ALL).flatMap((write) => [
      write('g'),
      [...'gl'].map(write).join(''),
      [...'glp'].map(write).join(''),
      [...'glpat-'].map(write).join(''),
      [...english].map(write).join(''),
    ]),
    'gl%70at-',
    'Z2xwYXQt',
    'Z2xw',
    'nbHBhdC',
    'Z2xwYXQt nbHBhdC',
    'Z2xwnbHBhdCdscGF0L',
    '676c7061742d',
    '676c7676c76',
    'g\0l\0p\0a\0t\0-\0',
    'g\0l\0p\0a\0t\0-',
    'glpat-',
    'glpat-%',
    '%25',
    '\\',
    '\\u00',
    '&#',
    '=\n=67',
    'g=\n',
    'dockerconfigjson',
    'dockerconfigjson=67=6C',
    'kind: Secret\nx: =676c7061742d\n',
    `${'kind: Secret\n'.repeat(200)}---\n`,
  ];

  it.each(some(DENSE, 36).map((unit) => [JSON.stringify(unit.slice(0, 30)), unit] as const))(
    'is bounded for each byte: %s',
    async (_, unit) => {
      expect(await encodedWork(Buffer.from(fill(unit), 'latin1'))).toBeLessThan(WORK_MAX);
    },
  );

  it('is bounded for mixtures at random places', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = new Random(seed);
        const units = Array.from({ length: random.between(1, 5) }, () =>
          random.pick([...DENSE, ' ', 'x', '\n', english]),
        );
        let text = '';
        while (text.length < SIZE) text += random.pick(units).repeat(random.between(1, 40));
        expect(await encodedWork(Buffer.from(text, 'latin1'))).toBeLessThan(WORK_MAX);
      }),
      { numRuns: runs({ fast: 6, long: 40 }), examples: [[18], [505], [1764], [3201]] },
    );
  });
});

/** Bytes that are decoded for one of the text, in all layers together. */
const WORK_MAX = 24;

async function encodedWork(bytes: Buffer): Promise<number> {
  const { append, prepend } = DecodedRun.prototype;
  let work = 0;
  DecodedRun.prototype.append = function (...put) {
    work++;
    return append.apply(this, put);
  };
  DecodedRun.prototype.prepend = function (...put) {
    work++;
    return prepend.apply(this, put);
  };
  try {
    await matcher.match(bytesInput(bytes));
  } finally {
    Object.assign(DecodedRun.prototype, { append, prepend });
  }
  return work / bytes.length;
}

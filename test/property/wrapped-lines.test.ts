/**
 * Lines of a job log that a program has cut at any width: a token that the cut goes through is found, at its place; and a
 * token that is whole on its line stays what it is, whatever the line below it begins with.
 */

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import type { Input } from '../../src/model/artifact.ts';
import { confidenceOf, isIgnoredPlaceholder } from '../../src/model/confidence.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { bytesInput, logInput } from '../support/find.ts';
import { OWN_KINDS } from '../support/encoded.ts';
import { KINDS, Random } from '../support/mint.ts';
import { runs, some } from '../support/runs.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);

interface Place {
  readonly secret: string;
  readonly confidence: string;
  readonly start: number;
  readonly end: number;
}

/** What is found and more than unlikely. */
async function placesIn(input: Input): Promise<Place[]> {
  const { candidates } = await matcher.match(input);
  return candidates
    .filter(({ evidence }) => confidenceOf(evidence) !== 'unlikely' && !isIgnoredPlaceholder(evidence))
    .map(({ secret, evidence, region: { byteOffset, byteLength } }) => ({
      secret: secret.reveal(),
      confidence: confidenceOf(evidence),
      start: byteOffset,
      end: byteOffset + byteLength,
    }));
}

const HEADER = '2026-08-22T00:00:02.000001Z 01O ';
const COMMAND = `\u001B[32;1m$ fold secrets.txt # ${'a long command with a comment '.repeat(9)}\u001B[0;m`;
const LONGER = 'and a line that is longer than all others, as there is one in nearly every log: '.repeat(3);
const PROSE = ['so', 'the', 'build', 'went', 'on.', 'npm', 'warn', 'a/b/c.txt', 'x=1', '1.2.3', 'é', '=====', 'ok:'];
/** What ends by itself, wherever it is cut; `glrt-t1_` and 17 characters are as long as a token without a type. */
const KNOWN = OWN_KINDS.filter(
  (kind) => !/no prefix|custom|workspace|jwt|stateless|feed|iam|error|session|incoming|webhook|runner typed/.test(kind),
);

const prose = (random: Random, words: number): string =>
  Array.from({ length: words }, () => random.pick(PROSE)).join(' ');

/** How programs count what they cut: bytes, characters, units. */
const COUNTS: readonly ((character: string) => number)[] = [
  (character) => Buffer.byteLength(character),
  () => 1,
  (character) => character.length,
];

function folded(text: string, width: number, count: (character: string) => number): string[] {
  const lines = [''];
  let length = 0;
  for (const character of text) {
    if (length + count(character) > width) {
      lines.push('');
      length = 0;
    }
    lines[lines.length - 1] += character;
    length += count(character);
  }
  return lines;
}

describe('a line that was cut at any width', () => {
  it.each([
    ['as it is', (token: string) => token],
    ['in base64', (token: string) => Buffer.from(`user:${token}`).toString('base64')],
    ['in hex', (token: string) => Buffer.from(token).toString('hex')],
  ])('a token in it is found, %s, at its place', async (_, encode) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 20, max: 130 }), async (seed, width) => {
        const random = new Random(seed);
        const kind = random.pick(KNOWN);
        const token = KINDS[kind]!.make(random, '');
        const encoded = encode(token);
        const lead = `${prose(random, random.below(30))}${random.pick([' ', ' token: ', ' "', ' T="'])}`;
        const line = `${lead}${encoded}${random.pick(['', '"', ' ', '" and more', ` ${prose(random, 9)}`])}`;
        const rows = [
          ...(random.below(2) === 0 ? [COMMAND, LONGER] : [COMMAND]),
          ...folded(line, width, random.pick(COUNTS)),
        ];
        // A line below that is longer is no part of it, and nothing else says so where its last line is full.
        const below = random.pick(['', '$ next', LONGER]);
        const header = random.below(2) === 0 ? HEADER : '';
        const end = random.pick(['\n', '\r\n']);
        const log = [...rows, below].map((row) => `${header}${row}${end}`).join('');
        const places = await placesIn(logInput(Buffer.from(log)));
        expect(
          places.map(({ secret, confidence }) => [secret, confidence]),
          log,
        ).toEqual([[token, KINDS[kind]!.confidence]]);
        const own = Buffer.from(log).subarray(places[0]!.start, places[0]!.end).toString('latin1');
        const seen = own.replaceAll(header === '' ? /\r?\n/g : new RegExp(`\r?\n${HEADER}`, 'g'), '');
        if (encoded === token) expect(seen).toBe(token);
        else expect(encoded).toContain(seen);
      }),
      { numRuns: runs({ fast: 120, long: 400 }) },
    );
  });

  it('a whole token stays as it is, whatever is above and below', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = new Random(seed);
        const rows: string[] = [];
        for (let row = random.between(2, 8); row > 0; row--) {
          const token = random.below(2) === 0 ? KINDS[random.pick(KNOWN)]!.make(random, '') : '';
          const words = prose(random, random.below(8));
          rows.push(random.pick([`${words} ${token}`, `${token} ${words}`, token, words, `${words}=${token}`]).trim());
        }
        // Lines of one width, which may be one.
        const width = Math.max(...rows.map((row) => row.length));
        const filled = random.below(2) === 0 ? rows : rows.map((row) => `${'so'.repeat(width)} ${row}`.slice(-width));
        const text = Buffer.from(`${LONGER}\n${filled.join('\n')}\n`);
        const alone = await placesIn(bytesInput(text));
        const inLog = await placesIn(logInput(text));
        for (const place of alone) expect(inLog, text.toString()).toContainEqual(place);
        expect(inLog.length).toBe(alone.length);
      }),
      { numRuns: runs({ fast: 120, long: 400 }) },
    );
  });

  it.each(some([33, 20, 80], 1))('every token is found where all lines are cut within words, at %i', async (width) => {
    const random = new Random(width);
    const tokens = Array.from({ length: 1000 }, () => KINDS['pat legacy']!.make(random, ''));
    const rows = folded(tokens.map((token) => `a=${token}:`).join(''), width, () => 1);
    const places = await placesIn(logInput(Buffer.from(`${COMMAND}\n${LONGER}\n${rows.join('\n')}\n`)));
    expect(places.map(({ secret }) => secret)).toEqual(tokens);
  });

  it('a key is whole, though its lines may be one', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rows = (privateKey.export({ type: 'pkcs8', format: 'pem' }) as string).trim().split('\n');
    for (const [above, below] of [
      ['', ''],
      [LONGER, ''],
      ['', 'more'],
      [LONGER, 'more'],
    ] as const) {
      const log = [above, ...rows, below].map((row) => `${HEADER}${row}\n`).join('');
      const places = await placesIn(logInput(Buffer.from(log)));
      expect(places.map(({ secret }) => secret)).toEqual([rows.join('\n')]);
    }
  });

  it('what it held has the time and the section of its own line', async () => {
    const secret = KINDS['pat legacy']!.make(new Random(5), '');
    const rows = [
      `00.000001Z 01O section_start:1:build\r\u001B[0Kx`,
      `01.000001Z 01O ${'-'.repeat(24)} ${secret.slice(0, 9)}`,
      `02.000001Z 01O ${secret.slice(9)} more`,
      `03.000001Z 01O section_end:1:build\r\u001B[0K`,
      '04.000001Z 01O section_start:1:test\r\u001B[0Ky',
      '05.000001Z 01O z',
    ];
    const log = `${LONGER}\n${rows.map((row) => `2026-08-22T00:00:${row}\n`).join('')}`;
    const { candidates } = await matcher.match(logInput(Buffer.from(log)));
    expect(candidates.map(({ region, encodings }) => [region.log, region.startLine, encodings])).toEqual([
      [{ section: 'build', time: '2026-08-22T00:00:01.000001Z' }, 3, ['job-log']],
    ]);
  });
});

/** Values that are broken into lines, and others above and below them: each is found, in files and in job logs. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import type { Input } from '../../src/model/artifact.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { OWN_KINDS } from '../support/encoded.ts';
import { bytesInput, logInput } from '../support/find.ts';
import { KINDS, Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const matcher = createMatcher(builtinRuleset(), createKernel);

async function secretsIn(input: Input): Promise<Set<string>> {
  const { candidates } = await matcher.match(input);
  return new Set(candidates.map(({ secret }) => secret.reveal()));
}

const inFile = (text: string): Promise<Set<string>> => secretsIn(bytesInput(Buffer.from(text, 'latin1')));
const inLog = (text: string): Promise<Set<string>> => secretsIn(logInput(Buffer.from(text, 'latin1')));

const broken = (text: string, width: number): string[] => text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [];
/** Those of known length: a longer one may continue on the next line. */
const FIXED = OWN_KINDS.filter(
  (kind) => !/no prefix|custom|workspace|jwt|stateless|feed|iam|error|session|incoming|webhook/.test(kind),
);

/** What is joined with the line above has another instance prefix. */
const token = (random: Random): string => {
  for (;;) {
    const made = KINDS[random.pick(FIXED)]!.make(random, '');
    // A text that ends with a dash may be the instance prefix of the one below.
    if (/[A-Za-z0-9]$/.test(made)) return made;
  }
};

describe('encoded values one below the other', () => {
  it.each([
    ['hex', (bytes: Buffer) => bytes.toString('hex')],
    ['base64', (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')],
  ] as const)('%s: each is found, whatever is above and below', async (_, encode) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = new Random(seed);
        const width = random.pick([48, 60, 64, 76]);
        const tokens: string[] = [];
        const lines: string[] = [];
        for (let value = random.between(1, 4); value > 0; value--) {
          const made = token(random);
          const other = random.bytes(random.between(1, 60));
          if (random.below(3) === 0) lines.push(...broken(encode(other), random.between(20, 100)));
          // A value that fills its last line looks like one that continues.
          const own = broken(encode(Buffer.from(made)), random.below(2) === 0 ? 4096 : width);
          if (own.length > 1 && own.at(-1)!.length > width - 8) continue;
          // A line that is as long as the last one of a value above it may belong to it.
          if (lines.at(-1)?.length === own[0]!.length) lines.push('');
          tokens.push(made);
          lines.push(...own);
        }
        const text = `${lines.join('\n')}\n`;
        const file = await inFile(text);
        const log = [...(await inLog(text))];
        for (const secret of tokens) {
          expect(file, text).toContain(secret);
          // What the line above ends with by chance may be taken for an instance prefix.
          expect(
            log.some((found) => found.endsWith(secret)),
            text,
          ).toBe(true);
        }
      }),
      { numRuns: runs({ fast: 120, long: 400 }) },
    );
  });

  it('a token in hex, with a line of hex below it', async () => {
    const random = new Random(1);
    for (const below of ['616263646566', random.hex(64), random.hex(40)]) {
      const secret = KINDS['pat legacy']!.make(random, '');
      const text = `${Buffer.from(secret).toString('hex')}\n${below}\n`;
      expect(await inFile(text)).toEqual(new Set([secret]));
      expect(await inLog(text)).toEqual(new Set([secret]));
    }
  });
});

/** The text between two pieces of one value: at the end of a line, and before the next. */
const JOINTS: Readonly<Record<string, readonly [before: string, between: string, after: string]>> = {
  'line feeds': ['', '\n', '\n'],
  'carriage returns and line feeds': ['', '\r\n', '\r\n'],
  'carriage returns': ['', '\r', '\r'],
  indents: ['  ', '\n  ', '\n'],
  'strings side by side': ['"', '"\n  "', '";\n'],
  'strings on one line': ['"', '" "', '"\n'],
  'strings and plus signs': ["'", "' +\n    '", "';\n"],
  'plus signs before strings': ["'", "'\n  + '", "'\n"],
  'strings and dots': ['$x = "', '" .\r\n "', '";\r\n'],
  'a list': ['["', '",\n"', '"]\n'],
  backslashes: ['', '\\\n', '\n'],
  'blanks and backslashes': ['', ' \\\n  ', '\n'],
  'backslashes in a string': ['"', '\\\n', '"\n'],
};

describe('hex that is broken in other ways than at the end of a full line', () => {
  it.each(Object.entries(JOINTS))(
    '%s: a token is found, exactly, at any width',
    async (_, [before, between, after]) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.integer({ min: 8, max: 90 }), async (seed, width) => {
          const random = new Random(seed);
          const secret = KINDS[random.pick(FIXED)]!.make(random, '');
          const hexOf = (text: string | Buffer): string => {
            const hex = Buffer.from(text).toString('hex');
            return seed % 2 === 0 ? hex : hex.toUpperCase();
          };
          // Other text in the same lines, and nothing that touches the token.
          const lead = hexOf(
            Buffer.concat([random.bytes(random.below(40)), Buffer.from(random.pick([' ', '\0', '"', '=']))]),
          );
          const rest = hexOf(
            Buffer.concat([Buffer.from(random.pick([' ', '\0', '"', '@'])), random.bytes(random.below(40))]),
          );
          const own = hexOf(secret);
          const text = `x\n\n${before}${broken(lead + own + rest, width).join(between)}${after}\nx\n`;
          const { candidates } = await matcher.match(bytesInput(Buffer.from(text)));
          expect(
            candidates.map((found) => found.secret.reveal()),
            text,
          ).toEqual([secret]);
          const { byteOffset, byteLength } = candidates[0]!.region;
          const place = (digits: number): number =>
            3 + before.length + digits + Math.floor(digits / width) * between.length;
          expect([byteOffset, byteOffset + byteLength], text).toEqual([
            place(lead.length),
            place(lead.length + own.length - 1) + 1,
          ]);
          expect(candidates[0]!.encodings).toEqual(['hex']);
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(Object.entries(JOINTS))('%s: each value of several is found', async (_, [before, between, after]) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 8, max: 90 }), async (seed, width) => {
        const random = new Random(seed);
        // Bytes at random may begin like a token.
        const values = Array.from({ length: random.between(2, 4) }, () =>
          random.below(3) === 0
            ? { bytes: random.bytes(random.between(3, 60)) }
            : ((secret: string) => ({ bytes: Buffer.from(secret), secret }))(token(random)),
        );
        const isBroken = random.below(2) === 0;
        const pieces = values.map(({ bytes }) => {
          const whole = bytes.toString('hex');
          return isBroken ? broken(whole, width) : [whole];
        });
        // A value that fills its last line looks like one that continues.
        if (isBroken && pieces.some((own) => own.at(-1)!.length > width - 8 || own.length < 2)) return;
        const text = `${before}${pieces.map((own) => own.join(between)).join(between)}${after}`;
        const found = await inFile(text);
        for (const value of values) if ('secret' in value) expect(found, text).toContain(value.secret);
      }),
      { numRuns: 100, examples: [[-807196657, 8]] },
    );
  });
});

/** The sliding window: what is found does not depend on how the bytes arrive or where a window ends. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher } from '../../../src/detect/matcher.ts';
import { createKernel } from '../../../src/detect/search/create-kernel.ts';
import type { Candidate } from '../../../src/model/candidate.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { bytesInput } from '../../support/find.ts';
import { KINDS, mint, place, Random } from '../../support/mint.ts';

const ruleset = builtinRuleset();
const matcher = createMatcher(ruleset, createKernel);

/** What must be the same however the bytes come. */
const essence = ({ ruleId, form, region, lineContext, secret }: Candidate): unknown => [
  ruleId,
  form,
  region,
  secret.reveal(),
  Buffer.from(lineContext.bytes).toString('latin1'),
  lineContext.masks,
];

async function match(bytes: Uint8Array, piece?: number): Promise<Candidate[]> {
  return [...(await matcher.match(bytesInput(bytes, piece))).candidates];
}

/** A few windows of filler with tokens of all kinds in it. */
function bigText(seed: number): Buffer {
  const random = new Random(seed);
  const kinds = Object.keys(KINDS);
  const parts: string[] = [];
  let length = 0;
  while (length < 900_000) {
    const filler = random.pick(['\n', 'x', 'é', '😀 ', 'a line of text\n', 'no line end ']).repeat(random.below(3000));
    const part = filler + place(random.pick(kinds), random).text + random.pick(['\n', ' ']);
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join(''));
}

describe('independent of how bytes arrive', () => {
  it.each([1, 2, 3])('text %i: any size of piece gives the same candidates', async (seed) => {
    const bytes = bigText(seed);
    const whole = (await match(bytes)).map(essence);
    expect(whole.length).toBeGreaterThan(50);
    for (const piece of [65_536, 40_000, 4099]) {
      expect((await match(bytes, piece)).map(essence)).toEqual(whole);
    }
  });

  it('one byte at a time', async () => {
    const bytes = bigText(4).subarray(0, 20_000);
    expect((await match(bytes, 1)).map(essence)).toEqual((await match(bytes)).map(essence));
  });
});

it('a token on any side of the end of a window is found once, at its place', async () => {
  const random = new Random(5);
  const [first] = await match(Buffer.from('x'));
  expect(first).toBeUndefined();
  // Windows end somewhere between 256 and 320 KiB; step through with tokens of several lengths.
  for (const kind of ['pat legacy', 'pat routable v1', 'job jwt', 'oauth access routable v1, no prefix']) {
    const token = mint(kind, random);
    for (let before = 255_000; before < 330_000; before += 1777) {
      const bytes = Buffer.concat([
        Buffer.alloc(before, 'ab\n'),
        Buffer.from(`"${token}"`),
        Buffer.alloc(300_000, 'cd\n'),
      ]);
      const found = await match(bytes);
      expect(found.map(({ region }) => [region.byteOffset, region.byteLength])).toEqual([[before + 1, token.length]]);
    }
  }
});

describe('positions', () => {
  it('lines end at LF only, columns count UTF-16 units, offsets bytes', async () => {
    const token = mint('feed', new Random(6));
    const [found] = await match(Buffer.from(`one\r\ntwo\rstill two\u2028x 😀é${token}\n`));
    expect(found!.region).toEqual({
      startLine: 2,
      startColumn: 'two\rstill two\u2028x 😀é'.length + 1,
      endLine: 2,
      endColumn: 'two\rstill two\u2028x 😀é'.length + 1 + token.length,
      byteOffset: 5 + Buffer.byteLength('two\rstill two\u2028x 😀é'),
      byteLength: token.length,
    });
  });

  it('are right far into one long line', async () => {
    const token = mint('feed', new Random(7));
    const filler = 'é😀'.repeat(200_000);
    const [found] = await match(Buffer.from(`first\n${filler} ${token}`));
    expect([found!.region.startLine, found!.region.startColumn]).toEqual([2, filler.length + 2]);
  });

  it('agree with a decoder, at any place of a token', async () => {
    const random = new Random(8);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 8 }), async (fillers) => {
        const text = fillers.map((filler) => `${filler} ${mint('feed', random)}\n`).join('');
        for (const { region, secret } of await match(Buffer.from(text))) {
          const line = text.split('\n')[region.startLine - 1]!;
          expect(line.slice(region.startColumn - 1, region.endColumn - 1)).toBe(secret.reveal());
        }
      }),
    );
  });
});

describe('overlaps', () => {
  it('a job token that is a JWT is one finding', async () => {
    const token = mint('job jwt', new Random(9));
    expect(await match(Buffer.from(`CI_JOB_TOKEN=${token}\n`))).toHaveLength(1);
  });

  it('two tokens side by side are two', async () => {
    const random = new Random(10);
    const text = `${mint('feed', random)},${mint('feed', random)}`;
    expect(await match(Buffer.from(text))).toHaveLength(2);
  });
});

describe('surroundings', () => {
  it('hold the own line only, and mask neighbours and what follows a prefix', async () => {
    const random = new Random(11);
    const [a, b] = [mint('feed', random), mint('pat routable v1', random)];
    const tooShort = `glpat-${random.friendlyToken(18)}`;
    const text = `before ${mint('scim', random)}\n a=${a} b=${b} c=${tooShort}\nafter`;
    const found = (await match(Buffer.from(text))).find(({ secret }) => secret.reveal() === a)!;
    const { bytes, masks } = found.lineContext;
    const line = Buffer.from(bytes).toString('latin1');
    expect(line.startsWith(' a=')).toBe(true);
    expect(line).not.toContain('after');
    const shown = masks.reduceRight((rest, mask) => rest.slice(0, mask.start) + '#' + rest.slice(mask.end), line);
    expect(shown).toBe(' a=# b=# c=glpat-#');
  });

  it('never show a part of a neighbour that is cut by their own end', async () => {
    const random = new Random(12);
    const jwt = mint('job jwt', random);
    const feed = mint('feed', random);
    for (const text of [`${jwt} ${feed}`, `${feed} ${jwt}`]) {
      const found = (await match(Buffer.from(text))).find(({ secret }) => secret.reveal() === feed)!;
      const line = Buffer.from(found.lineContext.bytes).toString('latin1');
      const shown = found.lineContext.masks.reduceRight(
        (rest, mask) => rest.slice(0, mask.start) + '#' + rest.slice(mask.end),
        line,
      );
      expect(shown).toMatch(/^# #$/);
    }
  });
});

it('more candidates than are kept: said, not silent', async () => {
  const random = new Random(13);
  const text = Array.from({ length: 10_050 }, () => mint('feed', random)).join('\n');
  const result = await matcher.match(bytesInput(Buffer.from(text)));
  expect(result.outcome).toEqual({ kind: 'too-many-findings' });
  expect(result.candidates).toHaveLength(10_000);
});

it('a signal that has fired ends the reading of a long input', async () => {
  const result = await matcher.match(bytesInput(Buffer.alloc(2_000_000, 'x')), AbortSignal.abort('enough'));
  expect(result.outcome).toEqual({ kind: 'stopped' });
  expect(result.bytes).toBeLessThan(2_000_000);
});

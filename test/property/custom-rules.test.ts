/** Rules of one's own add findings; they take none of the built-in ones away, and change none. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, type Matcher } from '../../src/detect/matcher.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { CHECKS, type PatternForm, type Rule } from '../../src/model/rule.ts';
import { builtinRules } from '../../src/rules/builtin.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { checkRuleFile } from '../../src/rules/schema.ts';
import { createRuleLookup } from '../../src/triage/rule-lookup.ts';
import { triage } from '../../src/triage/triage.ts';
import { bytesInput } from '../support/find.ts';
import { KINDS, place, Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const KIND_NAMES = Object.keys(KINDS);
const now = new Date('2026-11-20T00:00:00Z');

/** The parts of texts: pieces of tokens, of the text around them, and of what the rules below search. */
const KEYWORDS = [
  'glpat-',
  'glpa',
  'lpat-',
  'pat-',
  'gldt-',
  'glft-',
  '.01.',
  'oken',
  'TOKEN=',
  'https://',
  '://oauth2',
  'gitlab',
  '"token',
  'bzox',
  'acme-',
  'Z2xw',
  'xxxx',
  '\n\n\n\n',
  '\u0000\u0000\u0000\u0000',
  '\u00ff\u0001\u0002\u0003',
];
const PIECES = ['[^]', '[\\w.-]', '[^\\n]', 'x', '[0-9a-f]', '\\s', '[A-Za-z0-9_-]', '[ -~]'];
const piece = fc
  .tuple(fc.constantFrom(...PIECES), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 400 }))
  .map(([atom, least, more]) => `${atom}{${least},${least + more}}`);

const form = fc
  .record({
    keyword: fc.constantFrom(...KEYWORDS),
    before: fc.option(fc.constantFrom('(?<=[^]{0,40})', '(?<![0-9])')),
    secret: piece,
    body: piece,
    after: fc.option(piece),
    groups: fc.constantFrom('none', 'secret', 'body', 'both'),
    check: fc.option(fc.constantFrom(...CHECKS)),
    instancePrefix: fc.boolean(),
    maxConfidence: fc.constantFrom('certain' as const, 'likely' as const),
    context: fc.boolean(),
    encoded: fc.boolean(),
    maxSpan: fc.constantFrom(8, 64, 512, 4096, 65_536),
    touchedBy: fc.option(fc.constant('[0-9A-Za-z_-]')),
  })
  .map(({ keyword, before, secret, body, after, groups, check, touchedBy, ...rest }): PatternForm => {
    const literal = keyword.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    const inner = groups === 'body' || groups === 'both' || check === 'devise' ? `(?<body>${body})` : body;
    const outer = groups === 'secret' || groups === 'both' ? `(?<secret>${secret}${inner})` : secret + inner;
    return {
      name: 'any',
      keywords: [keyword],
      alone: false,
      pattern: `${before ?? ''}${literal}${outer}${after ?? ''}`,
      lookBehind: before === null ? 0 : 40,
      examples: [],
      counterexamples: [],
      ...(check === null ? {} : { check }),
      ...(touchedBy === null ? {} : { touchedBy }),
      ...rest,
    };
  });

/** `prefix` and `anchors` of a routable form, as the schema allows them. */
const routable = fc.record({
  name: fc.constant('any'),
  version: fc.constantFrom('01' as const, 'none' as const),
  prefix: fc.constantFrom('glpat-', 'acme-', '*', ''),
  payload: fc.constantFrom([], ['u'], ['o']),
  anchors: fc.constantFrom(['bzox'], ['glpat-'], ['xxxx']),
  examples: fc.constant(['x']),
  counterexamples: fc.constant([]),
});

const custom = fc
  .tuple(
    fc.array(form, { minLength: 1, maxLength: 3 }),
    fc.array(routable, { maxLength: 2 }),
    fc.constantFrom('aaa', 'zzz'),
  )
  .map(([forms, routables, id]): Rule => ({
    ...builtinRules()[0]!,
    id,
    family: 'custom',
    isCustom: true,
    forms: forms.map((one, index) => ({ ...one, name: `${index}` })),
    routable: routables,
  }));

const texts = fc
  .tuple(
    fc.integer({ min: 0, max: 1e6 }),
    fc.array(
      fc.tuple(fc.constantFrom(...KIND_NAMES), fc.constantFrom(...KEYWORDS, ' xxxxxxxx', '\n', 'acme-', ' backup-')),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([seed, parts]) => {
    const random = new Random(seed);
    return Buffer.from(
      parts.map(([kind, filler]) => `${filler}${place(kind, random).text}${filler}`).join(random.pick(['', '\n', ' '])),
    );
  });

async function findings(rules: readonly Rule[], text: Uint8Array, kernel = createKernel): Promise<object[]> {
  return await foundBy(createMatcher(compileRuleset(rules), kernel), rules, text);
}

const builtIn = createMatcher(compileRuleset(builtinRules()), createKernel);
const plainFindings = async (text: Uint8Array): Promise<object[]> => await foundBy(builtIn, builtinRules(), text);

async function foundBy(matcher: Matcher, rules: readonly Rule[], text: Uint8Array): Promise<object[]> {
  const input = bytesInput(text);
  const { candidates } = await matcher.match(input);
  return triage(
    candidates.filter(({ isCustom }) => isCustom !== true),
    input.artifact,
    { ruleOf: createRuleLookup({ rules }), now },
    // What a custom rule calls a secret is hidden in excerpts and is no hint, as any other secret.
  ).map(({ excerpt: _excerpt, hints: _hints, ...finding }) => ({ ...finding, secret: finding.secret.reveal() }));
}

describe('custom rules', () => {
  it('take no built-in finding away, and change none', async () => {
    await fc.assert(
      fc.asyncProperty(custom, texts, async (rule, text) => {
        const plain = await plainFindings(text);
        expect(await findings([...builtinRules(), rule], text)).toEqual(plain);
      }),
      { numRuns: runs({ fast: 15, long: 120 }), seed: 20_261_128 },
    );
  });

  it('find the same by either kernel', async () => {
    await fc.assert(
      fc.asyncProperty(custom, texts, async (rule, text) => {
        const rules = [...builtinRules(), rule];
        expect(await findings(rules, text, createTsKernel)).toEqual(await findings(rules, text));
      }),
      { numRuns: runs({ fast: 4, long: 40 }), seed: 20_261_128 },
    );
  });

  it('that match everywhere do not end the search', async () => {
    const everywhere: Rule = {
      ...builtinRules()[0]!,
      id: 'aaa',
      isCustom: true,
      routable: [],
      forms: [{ ...(await sample()), keywords: ['xxxx'], pattern: 'xxxx' }],
    };
    const token = KINDS['pat legacy']!.make(new Random(1), '');
    const text = Buffer.from(`${'xxxx '.repeat(30_000)}\nT=${token}\n`);
    expect(await findings([...builtinRules(), everywhere], text)).toEqual(await plainFindings(text));
    expect((await plainFindings(text)).length).toBe(1);
  });

  it('that the schema refuses are not among them', () => {
    expect(checkRuleFile({ family: 'x', rule: [] }).ok).toBe(false);
  });
});

async function sample(): Promise<PatternForm> {
  return builtinRules().flatMap(({ forms }) => forms)[0]!;
}

/** Patterns of rule files: what could stop a scan is refused before it is tried, and what is let through ends soon. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waysThrough } from '../../src/lib/backtracking.ts';
import type { PatternForm, Rule } from '../../src/model/rule.ts';
import { builtinRules } from '../../src/rules/builtin.ts';
import { refuseHarmful } from '../../src/rules/harmless.ts';

const ruleWith = (pattern: string, maxSpan = 128): Rule => ({
  ...builtinRules()[0]!,
  id: 'acme',
  forms: [
    {
      ...(builtinRules().flatMap(({ forms }) => forms)[0] as PatternForm),
      name: 'one',
      pattern,
      maxSpan,
      lookBehind: 0,
    },
  ],
});

describe('evil patterns of a repository are refused', () => {
  it.each([
    '(a+)+$',
    '([a-zA-Z]+)*$',
    '(a|aa)+$',
    '(a|a?)+$',
    '(.*a){25}$',
    '(?:a*)*b',
    '(a*)*(?=b)',
    '((a+)+)+$',
    '(\\w+\\s?)+$',
    '(?<x>a+)\\k<x>+(\\1+)+$',
    '(?=(a+)+$)b',
    '(a*)(?<=(a+)+)b',
    '(x+x+)+y',
    '(?:(?:a{1,9}){1,9}){1,9}$',
    '(([a-z])+.)+[A-Z]([a-z])+$',
    'a*a*a*a*a*a*a*b',
    '(?:a?){60}a{60}',
    '(a|b|ab)*c',
  ])(
    '%s',
    async (pattern) => {
      await expect(refuseHarmful([ruleWith(`acme${pattern}`)], 'mine.toml', false)).rejects.toThrow(
        /^mine\.toml: rule acme: form "one": pattern: (?:it could take|glaive could not prove)/,
      );
    },
    60_000,
  );

  it('a harmless one with a span that makes it slow', async () => {
    await expect(refuseHarmful([ruleWith('acme.*.*b', 65_536)], 'mine.toml', false)).rejects.toThrow(/could/);
  }, 60_000);
});

describe('patterns for tokens pass', () => {
  it.each([
    'acme-(?<body>[A-Za-z0-9_-]{20})(?![A-Za-z0-9_-])',
    'acme-[0-9a-f]{20,40}',
    'acme_token\\s*[:=]\\s*["\']?(?<secret>[\\w-]{20,64})["\']?',
    '(?<![A-Za-z])acme(?:-v1|-v2)?-[A-Z]{3}\\.[0-9]+',
  ])('%s', async (pattern) => {
    await refuseHarmful([ruleWith(pattern)], 'mine.toml', false);
  });

  it('a pattern that is neither proven nor refuted is allowed in a file of the user', async () => {
    const odd = ruleWith('acme(a|b|ab)*c');
    await expect(refuseHarmful([odd], 'mine.toml', true)).rejects.toThrow(/could take very long/);
  }, 60_000);
});

/** Ways by brute force: how many ways a backtracking matcher can take through a text of equal letters, to its very end. */
type Node =
  | { readonly kind: 'letter' }
  | { readonly kind: 'both'; readonly parts: readonly Node[] }
  | { readonly kind: 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'times'; readonly part: Node; readonly least: number; readonly most: number };

function sourceOf(node: Node): string {
  if (node.kind === 'letter') return 'a';
  if (node.kind === 'times') return `(?:${sourceOf(node.part)}){${node.least},${node.most}}`;
  return `(?:${node.parts.map(sourceOf).join(node.kind === 'either' ? '|' : '')})`;
}

/** Lengths that it can match of `left` letters, one for each way. */
function walks(node: Node, left: number): number[] {
  if (node.kind === 'letter') return left > 0 ? [1] : [];
  if (node.kind === 'either') return node.parts.flatMap((part) => walks(part, left));
  if (node.kind === 'both')
    return node.parts.reduce<number[]>(
      (sofar, part) => sofar.flatMap((used) => walks(part, left - used).map((more) => used + more)),
      [0],
    );
  let now = [0];
  const all: number[] = node.least === 0 ? [0] : [];
  for (let times = 1; times <= node.most; times++) {
    // Beyond the least number an engine repeats nothing that takes no letter.
    now = now.flatMap((used) =>
      walks(node.part, left - used)
        .filter((more) => more > 0 || times <= node.least)
        .map((more) => used + more),
    );
    if (times >= node.least) all.push(...now);
  }
  return all;
}

const node = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<Node>({ kind: 'letter' }),
    fc.record({
      kind: fc.constantFrom<'both' | 'either'>('both', 'either'),
      parts: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    }),
    fc
      .tuple(tie('node'), fc.nat(2), fc.nat(2))
      .map(([part, least, more]): Node => ({ kind: 'times', part, least, most: least + more })),
  ),
})).node;

it('the bound is never below what a matcher can do', () => {
  fc.assert(
    fc.property(node, fc.integer({ min: 1, max: 6 }), (tree, span) => {
      const source = sourceOf(tree);
      void new RegExp(source, 'dy');
      expect(waysThrough(source, span)).toBeGreaterThanOrEqual(walks(tree, span).length);
    }),
    { numRuns: 150 },
  );
});

it('every pattern of the built-in rules is understood', () => {
  for (const { pattern } of builtinRules().flatMap(({ forms }) => forms))
    expect(waysThrough(pattern, 1)).toBeGreaterThan(0);
});

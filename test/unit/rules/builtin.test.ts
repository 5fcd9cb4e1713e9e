/** The rule set that the build prepares, and the one that is compiled from the rules. */

import { expect, it } from 'vitest';
import { knownNeedlesOf } from '../../../src/detect/builtin-needles.ts';
import { needlesOf } from '../../../src/detect/needles.ts';
import { builtinRules, builtinRuleset } from '../../../src/rules/builtin.ts';
import { compileRuleset } from '../../../src/rules/compile.ts';

const compiled = compileRuleset(builtinRules());

it('is the compiled rule set', () => {
  const { keywords, ...rest } = builtinRuleset();
  expect({
    ...rest,
    keywords: keywords.map(({ text, encoded, isName, trials }) => ({ text, encoded, isName, trials })),
  }).toEqual(compiled);
});

it('has the needles of the compiled rule set', () => {
  const needles = needlesOf(compiled.keywords);
  const known = knownNeedlesOf(builtinRuleset().keywords);
  expect(known.all()).toEqual(needles);
  expect(known.texts).toEqual(needles.map(({ text }) => text));
  expect(known.longest).toBe(Math.max(...known.texts.map(({ length }) => length)));
});

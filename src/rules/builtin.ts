/** The built-in rules: `rules/*.toml`, which `npm run generate` reads and checks. */

import type { Rule } from '../model/rule.ts';
import { readRules } from '../generated/rules.ts';
import { aloneMax, encoded, reach, texts } from '../generated/ruleset.ts';
import type { Keyword, Ruleset } from '../model/ruleset.ts';
import { compileRuleset } from './compile.ts';

export function builtinRules(): readonly Rule[] {
  return readRules();
}

/**
 * The default rule set. What a search needs is prepared by the build; the rules are read and compiled when one of their keywords is
 * found, which saves the hook of a clean commit milliseconds.
 */
export function builtinRuleset(): Ruleset {
  let whole: Ruleset | undefined;
  const compiled = (): Ruleset => (whole ??= compileRuleset(builtinRules()));
  return {
    get rules() {
      return compiled().rules;
    },
    keywords: texts.map((text, index): Keyword => ({
      text,
      encoded: encoded[index] === '1',
      get trials() {
        return compiled().keywords[index]!.trials;
      },
    })),
    get routables() {
      return compiled().routables;
    },
    get alone() {
      return compiled().alone;
    },
    aloneMax,
    reach,
  };
}

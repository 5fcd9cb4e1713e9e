/** The built-in rules: `rules/*.toml`, which `npm run generate` reads and checks. */

import type { Rule } from '../model/rule.ts';
import { rules } from '../generated/rules.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { compileRuleset } from './compile.ts';

export function builtinRules(): readonly Rule[] {
  return rules;
}

/** The default rule set. */
export function builtinRuleset(): Ruleset {
  return compileRuleset(rules);
}

/** The built-in rules: `rules/*.toml`, read and checked by `load.ts` when the bundle is built. */

import type { Rule } from '../model/rule.ts';
import { rules } from '../generated/rules.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { compileRuleset } from './compile.ts';

export function builtinRules(): readonly Rule[] {
  return rules;
}

/** The rule set that glaive uses when it is told nothing else. */
export function builtinRuleset(): Ruleset {
  return compileRuleset(rules);
}

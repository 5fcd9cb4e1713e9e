/** The rule set that a configuration asks for: built-in rules, less what is disabled, plus files and prefixes. */

import { readFileSync } from 'node:fs';
import { suggest } from '../lib/suggest.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { builtinRules } from './builtin.ts';
import { compileRuleset } from './compile.ts';

export interface RulesetChoices {
  readonly prefixes: readonly string[];
  /** Absolute paths. */
  readonly ruleFiles: readonly string[];
  readonly disabledRules: readonly string[];
}

/** @throws GlaiveError (`rules` or `config`) */
export async function configureRuleset({ prefixes, ruleFiles, disabledRules }: RulesetChoices): Promise<Ruleset> {
  let rules: readonly Rule[] = builtinRules();
  if (ruleFiles.length > 0) {
    const { loadRuleFile } = await import('./load.ts');
    rules = [...rules, ...ruleFiles.flatMap((file) => loadRuleFile(readRuleFile(file), file))];
  }
  for (const id of disabledRules) {
    if (rules.some((rule) => rule.id === id || rule.family === id)) continue;
    const near = suggest(id, [...new Set(rules.flatMap((rule) => [rule.id, rule.family]))]);
    throw new GlaiveError('config', `there is no rule ${id} to disable`, {
      hint: near === undefined ? 'See: glaive rules list' : `Did you mean ${near}?`,
    });
  }
  rules = rules.filter((rule) => !disabledRules.includes(rule.id) && !disabledRules.includes(rule.family));
  if (rules.length === 0) {
    throw new GlaiveError('config', 'every rule is disabled, so there is nothing to look for', {
      hint: 'Take some out of [rules] disable.',
    });
  }
  if (prefixes.length > 0) {
    const { withPrefixes } = await import('./prefixes.ts');
    rules = withPrefixes(rules, prefixes);
  }
  return compileRuleset(rules);
}

/** The text of a rule file. @throws GlaiveError (`rules`) */
export function readRuleFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GlaiveError('rules', `cannot read the rule file ${file}: ${code === 'ENOENT' ? 'no such file' : code}`, {
      hint: 'Check the spelling, and where the path is relative to.',
      cause: error,
    });
  }
}

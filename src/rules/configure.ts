/** The rule set of a configuration: built-in rules and rule files, without disabled rules, with the instance's prefixes. */

import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { suggest } from '../lib/suggest.ts';
import { isInside } from '../lib/inside.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { builtinRules, builtinRuleset } from './builtin.ts';
import { compileRuleset } from './compile.ts';

export interface RulesetChoices {
  readonly prefixes: readonly string[];
  /** Absolute paths. */
  readonly ruleFiles: readonly string[];
  readonly disabledRules: readonly string[];
  /** More names whose values are access tokens of GitLab. */
  readonly tokenNames: readonly string[];
}

/**
 * @param base root of the scanned repository: a rule file in it must not be a link to the outside
 * @param read reads a rule file; default: from disk
 * @throws GlaiveError (`rules` or `config`)
 */
export async function configureRuleset(
  { prefixes, ruleFiles, disabledRules, tokenNames }: RulesetChoices,
  base: string,
  read: (file: string) => string | Promise<string> = (file) => readRuleFile(file, base),
): Promise<Ruleset> {
  if (prefixes.length + ruleFiles.length + disabledRules.length + tokenNames.length === 0) return builtinRuleset();
  let rules: readonly Rule[] = builtinRules();
  if (ruleFiles.length > 0) {
    const { loadRuleFile } = await import('./load.ts');
    const { refuseHarmful } = await import('./harmless.ts');
    for (const file of ruleFiles) {
      const more = loadRuleFile(await read(file), file);
      await refuseHarmful(more, file, !isInside(file, base));
      rules = [...rules, ...more.map((rule) => ({ ...rule, isCustom: true as const }))];
    }
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
    throw new GlaiveError('config', 'every rule is disabled, so there is nothing to scan for', {
      hint: 'Remove some from [rules] disable.',
    });
  }
  if (prefixes.length > 0) {
    const { withPrefixes } = await import('./prefixes.ts');
    rules = withPrefixes(rules, prefixes);
  }
  if (tokenNames.length > 0) rules = rules.map((rule) => withNames(rule, tokenNames));
  return compileRuleset(rules);
}

/** What is assigned to a name of an access token is one. */
const NAMED_RULE = 'gitlab_access_token_in_context';

function withNames(rule: Rule, names: readonly string[]): Rule {
  if (rule.id !== NAMED_RULE) return rule;
  const [first, ...others] = rule.assigned;
  return first === undefined
    ? rule
    : { ...rule, assigned: [{ ...first, names: [...first.names, ...names] }, ...others] };
}

/** @throws GlaiveError (`rules`) */
export function readRuleFile(file: string, base: string): string {
  const refuse = (why: string, hint: string, cause?: unknown): GlaiveError =>
    new GlaiveError('rules', `cannot read the rule file ${file}: ${why}`, { hint, cause });
  let text: string | undefined;
  try {
    text = readOptionalFile(file, isInside(file, base) ? { within: base } : {});
  } catch (error) {
    throw refuse(
      fsErrorMessage(error),
      'It must be a regular file; a rule file in a repository must not be a link to the outside.',
      error,
    );
  }
  if (text === undefined)
    throw refuse('no such file', 'Check the spelling, and the folder that the path is relative to.');
  return text;
}

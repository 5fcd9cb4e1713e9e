/** Finds the rule of a candidate or finding by its id. */

import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';

/** The rules are read when the first is asked for. @returns a function for the ids of the set's own rules */
export function createRuleLookup(ruleset: Pick<Ruleset, 'rules'>): (id: string) => Rule {
  let rules: ReadonlyMap<string, Rule> | undefined;
  return (id) => {
    rules ??= new Map(ruleset.rules.map((rule) => [rule.id, rule]));
    return rules.get(id)!; // every candidate comes from a rule of the set
  };
}

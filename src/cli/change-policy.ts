/** Where a change is scanned: the rules of before it, and what is said of what it does to its own check. */

import { EMPTY_CONFIG } from '../config/config.ts';
import type { Change, EffectivePolicy } from '../config/policy.ts';
import { firstOf } from '../lib/format-amounts.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { configureRuleset } from '../rules/configure.ts';
import { createTextRedactor } from '../scan/redact-text.ts';

export interface OtherRules {
  readonly rulesets: readonly Ruleset[];
  /** What was broken before; a line each. */
  readonly broken: readonly string[];
}

/** The rule sets of before the change that are not that of now, each once. What was broken before is the built-in one. */
export async function otherRules({ rulesBefore }: EffectivePolicy, now: Ruleset, base: string): Promise<OtherRules> {
  const known = new Set([JSON.stringify(now.rules)]);
  const rulesets: Ruleset[] = [];
  const broken = new Set<string>();
  for (const { config, read } of rulesBefore) {
    let ruleset: Ruleset;
    try {
      ruleset = await configureRuleset(config, base, async (file) => {
        const text = await read(file);
        if (text !== undefined) return text;
        throw new GlaiveError('rules', `there was no rule file ${file}`);
      });
    } catch (error) {
      if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
      broken.add(error.message);
      ruleset = await configureRuleset(EMPTY_CONFIG, base);
    }
    const key = JSON.stringify(ruleset.rules);
    if (known.has(key)) continue;
    known.add(key);
    rulesets.push(ruleset);
  }
  return { rulesets, broken: [...broken] };
}

/** What is named in one note. */
const NAMED = 10;

/** What whoever reviews the change is to know. */
export function changeNotes(
  { altered, uncommitted }: EffectivePolicy,
  { broken }: OtherRules,
  change: Change,
): string[] {
  const safe = createTextRedactor();
  const verdict = change.ownSay === 'rejected' ? ', which does not count (--new-suppressions fail)' : '';
  const notes: string[] = [];
  const lines = [...altered(), ...broken.map((message) => `mending ${message}`)];
  if (lines.length > 0) notes.push(`this change itself alters how it is looked at${verdict}: ${firstOf(lines, NAMED)}`);
  if (uncommitted.length > 0)
    notes.push(`not as in the commit that is checked out${verdict}: ${firstOf(uncommitted, NAMED)}`);
  return notes.map(safe);
}

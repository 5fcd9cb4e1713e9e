/** For the scan of a change: the rules before it, and the notes on its changes to the policy. */

import { EMPTY_CONFIG } from '../config/config.ts';
import type { Change, EffectivePolicy } from '../config/effective-policy.ts';
import { firstOf } from '../lib/format-amounts.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { configureRuleset } from '../rules/configure.ts';
import { createTextRedactor } from '../scan/redact-text.ts';

export interface OtherRules {
  readonly rulesets: readonly Ruleset[];
  /** Errors in the files before the change, a line each. */
  readonly broken: readonly string[];
}

/** The rule sets before the change that differ from that of now, each once. Broken files count as the built-in rules. */
export async function otherRules({ rulesBefore }: EffectivePolicy, now: Ruleset, base: string): Promise<OtherRules> {
  if (rulesBefore.length === 0) return { rulesets: [], broken: [] };
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

/** Items in one note. */
const NAMED = 10;

/** Notes for the reviewer of the change. */
export function changeNotes(
  { policyChanges, uncommitted }: EffectivePolicy,
  { broken }: OtherRules,
  change: Change,
): string[] {
  const safe = createTextRedactor();
  const verdict = change.selfSuppressions === 'rejected' ? ', which is ignored (--new-suppressions fail)' : '';
  const notes: string[] = [];
  const lines = [...policyChanges(), ...broken.map((message) => `repairs ${message}`)];
  if (lines.length > 0)
    notes.push(`this change itself alters the policy of its scan${verdict}: ${firstOf(lines, NAMED)}`);
  if (uncommitted.length > 0)
    notes.push(`different from the commit that is checked out${verdict}: ${firstOf(uncommitted, NAMED)}`);
  return notes.map(safe);
}

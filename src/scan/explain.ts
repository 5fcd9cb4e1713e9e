/** What a token says of itself, offline: the match and triage of the main path, over one short text. */

import { createMatcher } from '../detect/matcher.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { memoryInput } from '../sources/memory.ts';
import { triage } from '../triage/triage.ts';

export interface Explanation {
  readonly finding: Finding;
  readonly rule: Rule;
  /** The kind of proof: a checksum that fits, one that does not, or none in this form. */
  readonly checksum: 'fits' | 'fails' | 'none';
}

export interface Explained {
  /** Every token in the text, unlikely ones included. */
  readonly tokens: readonly Explanation[];
  /** When there is none: rules whose prefix stands in the text, so that a near miss can be told. */
  readonly nearMisses: readonly Rule[];
}

/** Explains every token in `text`. */
export async function explain(text: string, ruleset: Ruleset, now: Date): Promise<Explained> {
  const rules = new Map(ruleset.rules.map((rule) => [rule.id, rule]));
  const input = memoryInput(Buffer.from(text, 'utf8'));
  const { candidates } = await createMatcher(ruleset, createTsKernel).match(input);
  const checksums = new Map(candidates.map((candidate) => [candidate.secret, candidate.evidence.checksum]));
  const findings = triage(candidates, input.artifact, { rules, now });
  return {
    tokens: findings.map((finding) => ({
      finding,
      rule: rules.get(finding.ruleId)!, // every candidate comes from a rule of the set
      checksum: checksums.get(finding.secret) ?? 'none',
    })),
    nearMisses: findings.length > 0 ? [] : nearMisses(text, ruleset),
  };
}

function nearMisses(text: string, { rules }: Ruleset): Rule[] {
  return rules.filter((rule) =>
    rule.forms.some(
      ({ keywords, context }) =>
        !context && keywords.some((keyword) => /^[\w.-]+$/.test(keyword) && text.includes(keyword)),
    ),
  );
}

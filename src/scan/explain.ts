/** Explains a token offline: the detection and triage of the main path, for one short text. */

import { createRuleLookup } from '../triage/rule-lookup.ts';
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
  /** The proof: a valid checksum, an invalid one, or `none` if the form has no checksum. */
  readonly checksum: 'fits' | 'fails' | 'none';
}

export interface Explained {
  /** Every token in the text, unlikely ones included. */
  readonly tokens: readonly Explanation[];
  /** If there are no tokens: the rules whose prefix is in the text, to explain a near miss. */
  readonly nearMisses: readonly Rule[];
}

/** Explains every token in `text`. */
export async function explain(text: string, ruleset: Ruleset, now: Date): Promise<Explained> {
  const ruleOf = createRuleLookup(ruleset);
  const input = memoryInput(Buffer.from(text, 'utf8'));
  const { candidates } = await createMatcher(ruleset, createTsKernel).match(input);
  const checksums = new Map(candidates.map((candidate) => [candidate.secret, candidate.evidence.checksum]));
  const findings = triage(candidates, input.artifact, { ruleOf, now });
  return {
    tokens: findings.map((finding) => ({
      finding,
      rule: ruleOf(finding.ruleId),
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

/** The findings of the main path over a text, in this process. */

import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import type { Finding } from '../../src/model/finding.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { createRuleLookup } from '../../src/triage/rule-lookup.ts';
import { triage } from '../../src/triage/triage.ts';
import { bytesInput } from './find.ts';

const ruleset = builtinRuleset();
const matcher = createMatcher(ruleset, createKernel);
const ruleOf = createRuleLookup(ruleset);

export async function scanText(text: string | Uint8Array, now = new Date('2026-11-20T00:00:00Z')): Promise<Finding[]> {
  const input = bytesInput(typeof text === 'string' ? Buffer.from(text) : text);
  const { candidates } = await matcher.match(input);
  return triage(candidates, input.artifact, { ruleOf, now });
}

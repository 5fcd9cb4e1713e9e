/** Tests rules with their own examples: each marked secret is found exactly, and each counterexample is not found. */

import { createRuleLookup } from '../triage/rule-lookup.ts';
import { createMatcher } from '../detect/matcher.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import { atLeast } from '../model/confidence.ts';
import type { Rule, Examples } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { expandExample, seededRandom } from '../rules/examples.ts';
import { memoryInput } from '../sources/memory.ts';
import { triage } from '../triage/triage.ts';

export interface RuleTestFailure {
  readonly ruleId: string;
  readonly form: string;
  /** The template, which holds no secret. */
  readonly template: string;
  readonly problem: string;
}

export interface RuleTestResult {
  readonly examples: number;
  readonly failures: readonly RuleTestFailure[];
}

/** The number of expansions of each template: alphabets have rare characters. */
const ROUNDS = 20;

/** Runs every example of every rule. The result is deterministic. */
export async function testRules(ruleset: Ruleset): Promise<RuleTestResult> {
  const matcher = createMatcher(ruleset, createTsKernel);
  const context = { ruleOf: createRuleLookup(ruleset), now: new Date(0) };
  const failures: RuleTestFailure[] = [];
  let examples = 0;

  const found = async (text: string): Promise<{ ruleId: string; start: number; end: number }[]> => {
    const input = memoryInput(Buffer.from(text, 'utf8'));
    const { candidates } = await matcher.match(input);
    return triage(candidates, input.artifact, context)
      .filter((finding) => atLeast(finding.confidence, 'likely'))
      .flatMap(({ ruleId, regions }) =>
        regions.map(({ byteOffset, byteLength }) => ({ ruleId, start: byteOffset, end: byteOffset + byteLength })),
      );
  };

  const testForm = async (rule: Rule, form: Examples & { readonly name: string }): Promise<void> => {
    const templates = [
      ...form.examples.map((text) => [text, true] as const),
      ...form.counterexamples.map((text) => [text, false] as const),
    ];
    for (const [template, positive] of templates) {
      examples++;
      const random = seededRandom(hash(`${rule.id}\0${form.name}\0${template}`));
      for (let round = 0; round < ROUNDS; round++) {
        const { text, secrets } = expandExample(template, random);
        const problem = compare(rule, positive ? secrets : [], await found(text));
        if (problem === undefined) continue;
        failures.push({ ruleId: rule.id, form: form.name, template, problem });
        break;
      }
    }
  };

  for (const rule of ruleset.rules)
    for (const form of [...rule.forms, ...rule.routable, ...rule.assigned]) await testForm(rule, form);
  return { examples, failures };
}

function compare(
  rule: Rule,
  expected: readonly { readonly start: number; readonly end: number }[],
  found: readonly { readonly ruleId: string; readonly start: number; readonly end: number }[],
): string | undefined {
  if (expected.length === 0 && found.length > 0) return `the counterexample was found, by ${found[0]!.ruleId}`;
  for (const { start, end } of expected) {
    const hit = found.find((other) => other.start < end && other.end > start);
    if (hit === undefined) return 'the secret was not found';
    if (hit.ruleId !== rule.id) return `the secret was found by ${hit.ruleId}`;
    if (hit.start !== start || hit.end !== end)
      return `the secret is bytes ${start}-${end}, found were ${hit.start}-${hit.end}`;
  }
  return found.length > expected.length ? 'more was found than is marked' : undefined;
}

/** FNV-1a, 32 bits: makes a seed from a text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

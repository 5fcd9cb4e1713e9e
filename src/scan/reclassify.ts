/**
 * Reclassifies findings of other tools by glaive's rules: a GitLab token that gitleaks calls "generic" gets its type, its
 * confidence and its advice. Reports of glaive never contain the secrets that are in reports of other tools.
 */

import { createRuleLookup } from '../triage/rule-lookup.ts';
import { createMatcher } from '../detect/matcher.ts';
import { createRedactor } from '../detect/redact.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import { defined } from '../lib/defined.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { Secret } from '../model/secret.ts';
import { memoryInput } from '../sources/memory.ts';
import { triage } from '../triage/triage.ts';

/** Secrets that are scanned in one text. */
const AT_ONCE = 500;

export async function reclassify(report: Report, ruleset: Ruleset, now: Date): Promise<Report> {
  const secrets = [...new Set(report.findings.map(({ secret }) => secret.reveal()))].filter((text) => text !== '');
  const rules = new Map(ruleset.rules.map((rule) => [rule.id, rule]));
  const ruleOf = createRuleLookup(ruleset);
  const matcher = createMatcher(ruleset, createTsKernel);
  const known = new Map<string, Finding>();
  for (let at = 0; at < secrets.length; at += AT_ONCE) {
    const batch = secrets.slice(at, at + AT_ONCE);
    const input = memoryInput(Buffer.from(batch.join('\n\n'), 'latin1'));
    const { candidates } = await matcher.match(input);
    for (const finding of triage(candidates, input.artifact, { ruleOf, now })) {
      const texts = new Set([finding.secret, finding.other?.secret].map((secret) => secret?.reveal()));
      const whole = batch.find((secret) => texts.has(secret) || texts.has(secret.trim()));
      if (whole !== undefined) known.set(whole, finding);
    }
  }
  const findings = report.findings.map((finding) => withOwnType(finding, known.get(finding.secret.reveal())));
  const foreignRules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set(findings.map(({ ruleId }) => ruleId))].toSorted();
  const used = ids.flatMap((id) => rules.get(id) ?? foreignRules.get(id) ?? []);
  return withoutSecrets({ ...report, findings, rules: used }, rules, createRedactor(ruleset, createTsKernel).redact);
}

/** Masks secrets in names and messages of other tools. Those of glaive's rules need no masking. */
function withoutSecrets(report: Report, ownRules: ReadonlyMap<string, Rule>, redact: (text: string) => string): Report {
  const masked = (text: string | undefined): string | undefined => (text === undefined ? undefined : redact(text));
  return {
    ...report,
    rules: report.rules.map((rule) =>
      ownRules.has(rule.id)
        ? rule
        : { ...rule, id: redact(rule.id), name: redact(rule.name), description: redact(rule.description) },
    ),
    findings: report.findings.map((finding) => {
      const { artifact, introduction } = finding;
      return {
        ...finding,
        ruleId: ownRules.has(finding.ruleId) ? finding.ruleId : redact(finding.ruleId),
        artifact: nameless(artifact, redact),
        locator: nameless(finding.locator, redact),
        ...defined({
          introduction: introduction && {
            ...introduction,
            uri: redact(introduction.uri),
            ...defined({ author: masked(introduction.author), date: masked(introduction.date) }),
          },
        }),
      };
    }),
    gaps: report.gaps.map((gap) => ({
      ...gap,
      message: redact(gap.message),
      ...defined({ uri: masked(gap.uri) }),
    })),
    notes: report.notes.map(redact),
  };
}

/** Masks the name of a place, and leaves out a path that holds a secret. */
function nameless<T extends { readonly path?: string; readonly uri?: string }>(
  place: T,
  redact: (text: string) => string,
): T {
  const safe = { ...place, ...(place.uri === undefined ? {} : { uri: redact(place.uri) }) };
  if (place.path === undefined || redact(place.path) === place.path) return safe;
  const { path: _, ...rest } = safe;
  return rest as T; // T without its optional path
}

function withOwnType(finding: Finding, own: Finding | undefined): Finding {
  const bare = { ...finding, secret: new Secret('') };
  if (own === undefined) return bare;
  const { ruleId, form, confidence, severity, preview, facts, tokenStatus } = own;
  return {
    ...bare,
    ruleId,
    form,
    confidence,
    severity,
    preview,
    facts,
    tokenStatus: finding.tokenStatus.state === 'active' ? finding.tokenStatus : tokenStatus,
  };
}

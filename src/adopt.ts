/**
 * What other tools have found, in our words where it is ours: a GitLab token that gitleaks calls "generic" gets its type, its
 * proof and its advice. The secrets that their reports hold stand in no report of ours.
 */

import { createMatcher } from './match/matcher.ts';
import { createTsKernel } from './match/ts-kernel.ts';
import type { Finding } from './model/finding.ts';
import type { Report } from './model/report.ts';
import type { Ruleset } from './model/ruleset.ts';
import { Secret } from './model/secret.ts';
import { memoryInput } from './sources/memory.ts';
import { triage } from './triage/triage.ts';

/** Secrets that are looked at in one go. */
const AT_ONCE = 500;

export async function adopt(report: Report, ruleset: Ruleset, now: Date): Promise<Report> {
  const secrets = [...new Set(report.findings.map(({ secret }) => secret.reveal()))].filter((text) => text !== '');
  const rules = new Map(ruleset.rules.map((rule) => [rule.id, rule]));
  const matcher = createMatcher(ruleset, createTsKernel);
  const known = new Map<string, Finding>();
  for (let at = 0; at < secrets.length; at += AT_ONCE) {
    const batch = secrets.slice(at, at + AT_ONCE);
    const input = memoryInput(Buffer.from(batch.join('\n\n'), 'latin1'));
    const { candidates } = await matcher.match(input);
    for (const finding of triage(candidates, input.artifact, { rules, now })) {
      const text = finding.secret.reveal();
      const whole = batch.find((secret) => secret === text || secret.trim() === text);
      if (whole !== undefined) known.set(whole, finding);
    }
  }
  const findings = report.findings.map((finding) => adopted(finding, known.get(finding.secret.reveal())));
  const theirs = new Map(report.rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set(findings.map(({ ruleId }) => ruleId))].toSorted();
  return { ...report, findings, rules: ids.flatMap((id) => rules.get(id) ?? theirs.get(id) ?? []) };
}

function adopted(finding: Finding, ours: Finding | undefined): Finding {
  const bare = { ...finding, secret: new Secret('') };
  if (ours === undefined) return bare;
  const { ruleId, form, confidence, severity, preview, facts, tokenStatus } = ours;
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

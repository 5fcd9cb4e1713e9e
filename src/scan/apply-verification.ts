/** Applies the issuers' responses to findings: the status, and the severity that follows from it. Nothing else changes. */

import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Verdict } from '../model/verification.ts';
import { severityOf } from '../triage/rating.ts';

/** @param verdicts by secretFingerprint; findings without one are unchanged */
export function applyVerificationResults(
  findings: readonly Finding[],
  verdicts: ReadonlyMap<string, Verdict>,
  rules: readonly Rule[],
): Finding[] {
  const riskOf = new Map(rules.map(({ id, risk }) => [id, risk]));
  return findings.map((finding) => {
    const verdict = verdicts.get(finding.secretFingerprint);
    const risk = riskOf.get(finding.ruleId);
    if (verdict === undefined || risk === undefined) return finding;
    const { status, verification } = verdict;
    return { ...finding, tokenStatus: status, severity: severityOf(risk, status), verification };
  });
}

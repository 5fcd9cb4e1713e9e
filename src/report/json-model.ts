/**
 * The report as plain values, which `json` writes whole and `jsonl` line by line. JSON leaves out undefined ones. The shape is
 * frozen (version 1).
 */

import type { Finding } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import { activeFindings, isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { jobOf, ruleLookup, usedRules } from './lookups.ts';
import { findingText } from './messages.ts';

/** Version of `schema/glaive-report-1.schema.json`: the first number changes with an incompatible change. */
export const REPORT_VERSION = '1.10';

export function plainHead(report: Report): object {
  return {
    version: REPORT_VERSION,
    tool: report.tool,
    scan: {
      command: report.command,
      startTime: report.startTime.toISOString(),
      endTime: report.endTime.toISOString(),
      complete: isComplete(report),
      commit: report.commit,
      ref: report.ref,
      repository: report.repository,
      project: report.project,
      comparedWith: report.comparedWith,
    },
    counts: {
      artifacts: report.counts.artifacts,
      bytes: report.counts.bytes,
      findings: activeFindings(report).length,
      suppressed: report.counts.suppressed,
      masked: report.counts.masked,
      known: report.counts.known,
      belowConfidence: report.counts.belowConfidence,
      filtered: report.counts.filtered,
      gaps: report.gaps.length,
      skips: report.counts.skips,
      unopened: report.counts.unopened,
    },
  };
}

export function plainRules(report: Report): object[] {
  return usedRules(report).map((rule) => ({
    id: rule.id,
    family: rule.family,
    name: rule.name,
    description: rule.description,
    impact: rule.impact,
    owner: rule.owner,
    lifetime: rule.lifetime,
    risk: rule.risk,
    revoke: rule.revoke,
    references: rule.references,
  }));
}

/** A generator, because the values need not be in memory all at once. */
export function* plainFindings(report: Report): Generator<object> {
  const ruleOf = ruleLookup(report);
  for (const finding of report.findings) yield plainFinding(finding, ruleOf(finding));
}

function plainFinding(finding: Finding, rule: Rule): object {
  const { tokenStatus } = finding;
  return {
    ruleId: finding.ruleId,
    form: finding.form,
    message: findingText(finding, rule),
    confidence: finding.confidence,
    severity: finding.severity,
    tokenStatus: tokenStatus.state,
    tokenStatusReason: tokenStatus.state === 'active' ? undefined : tokenStatus.reason,
    verification: finding.verification,
    secretFingerprint: finding.secretFingerprint,
    fingerprint: finding.fingerprint,
    artifact: { kind: finding.artifact.kind, uri: finding.artifact.uri },
    regions: finding.regions,
    preview: finding.preview,
    excerpt: finding.excerpt,
    facts: finding.facts,
    hints: finding.hints,
    touched: finding.touched,
    locator: finding.locator,
    introduction: finding.introduction,
    removedLater: finding.removedLater,
    job: jobOf(finding),
    history: finding.history,
    project: finding.project,
    suppressions: finding.suppressions,
  };
}

export function plainGap({ kind, uri, message, hint, count }: Gap): object {
  return { kind, uri, message, hint, count };
}

/** A leak of an earlier run that remains: what identifies it, and what is counted. */
export function plainKnown({ secretFingerprint, ruleId, kind, uri, confidence, isActive }: KnownLeak): object {
  return { secretFingerprint, ruleId, kind, uri, confidence, isActive };
}

/** Puts the report of a scan together: findings in order, gaps, notes and counts. */

import { VERSION } from '../generated/package.ts';
import type { Finding } from '../model/finding.ts';
import { compareFindings } from '../model/order.ts';
import type { Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';
import { hiddenNotes, knownNotes, movedNotes, selfSuppressionNotes, remaining } from '../triage/notes.ts';
import type { Suppressor } from '../triage/suppress.ts';
import { withRules } from '../triage/union.ts';
import type { Coverage } from './coverage.ts';
import type { ScanRequest } from './request.ts';

export interface Scanned {
  /** All findings. */
  readonly findings: readonly Finding[];
  /** Findings of at least the minimum confidence, verified if requested. */
  readonly listed: readonly Finding[];
  readonly coverage: Coverage;
  readonly suppressor: Suppressor;
  readonly startTime: Date;
}

export function toReport(request: ScanRequest, { findings, listed, coverage, suppressor, startTime }: Scanned): Report {
  const known = remaining(request, listed, suppressor);
  const gaps = coverage.gaps();
  return {
    tool: { name: 'glaive', version: VERSION },
    command: request.command,
    // Nothing else names a rule. For the hook of a clean commit, the rules were not even read.
    rules: listed.length === 0 && request.onDrop === undefined ? [] : rulesOf(request),
    findings: listed.toSorted(compareFindings),
    gaps,
    notes: [
      ...coverage.notes(),
      ...movedNotes(listed),
      ...selfSuppressionNotes(listed, request.accepted?.selfSuppressions),
      ...(request.isConfigured === true ? hiddenNotes(findings, request.minConfidence) : []),
      ...knownNotes(known),
      ...suppressor.notes(request.isComplete === true && gaps.length === 0),
    ],
    counts: {
      ...coverage.counts(),
      belowConfidence: findings.length - listed.length,
      suppressed: listed.filter(isAccepted).length,
      ...(known.length === 0 ? {} : { known: known.length }),
    },
    ...(known.length === 0 ? {} : { known }),
    ...(request.commit === undefined ? {} : { commit: request.commit }),
    startTime,
    endTime: request.clock(),
  };
}

/** The rules of every pass, each once. */
export function rulesOf({ ruleset, others = [] }: ScanRequest): readonly Rule[] {
  return others.reduce((rules, pass) => withRules(rules, pass.ruleset.rules), ruleset.rules);
}

/** Merges reports, for example of shards, child pipelines and other tools. Nothing in them is lost. */

import { CONFIDENCES } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Gap, SkipReason } from '../model/gap.ts';
import type { Counts, Report } from '../model/report.ts';
import { isAccepted } from '../model/suppression.ts';
import { VERSION } from '../generated/package.ts';
import { gapsNamed, keyOfProject, projectOf, withProject } from './by-project.ts';
import { compareFindings, compareText } from '../model/order.ts';

/** @param reports at least one */
export function mergeReports(reports: readonly [Report, ...Report[]]): Report {
  const [first, ...others] = reports;
  const commits = new Set(reports.map(({ commit }) => commit));
  const refs = new Set(reports.map(({ ref }) => ref));
  const compared = new Set(reports.map(({ comparedWith }) => JSON.stringify(comparedWith)));
  const repositories = new Set(reports.map(({ repository }) => repository));
  const projects = new Set(
    reports.flatMap((report) =>
      [projectOf(report), ...report.findings.map(({ project }) => project)].map(keyOfProject),
    ),
  );
  // The same secret in the same file of two projects is two findings. A report of another tool names no project.
  const areSeveral = [...projects].filter((key) => key !== '').length > 1;
  const findings = distinct(
    reports.flatMap((report) => (areSeveral ? withProject(report.findings, projectOf(report)) : report.findings)),
    identityOf,
    better,
  );
  const rules = distinct(
    reports.flatMap((report) => report.rules),
    ({ id }) => id,
  );
  return {
    tool: { name: 'glaive', version: VERSION },
    command: others.length === 0 ? first.command : 'report',
    rules: rules.toSorted((a, b) => compareText(a.id, b.id)),
    findings: findings.toSorted(compareFindings),
    gaps: distinct(
      reports.flatMap((report) => (areSeveral ? gapsNamed(report) : report.gaps)),
      (gap: Gap) => JSON.stringify(gap),
    ),
    notes: [...new Set(reports.flatMap((report) => report.notes))],
    counts: {
      ...sum(reports.map(({ counts }) => counts)),
      suppressed: findings.filter(isAccepted).length,
    },
    // A value that differs between the reports is left out.
    ...(commits.size === 1 && first.commit !== undefined ? { commit: first.commit } : {}),
    ...(refs.size === 1 && first.ref !== undefined ? { ref: first.ref } : {}),
    ...(compared.size === 1 && first.comparedWith !== undefined ? { comparedWith: first.comparedWith } : {}),
    ...(!areSeveral && first.project !== undefined ? { project: first.project } : {}),
    ...(repositories.size === 1 && first.repository !== undefined ? { repository: first.repository } : {}),
    startTime: new Date(reports.reduce((least, { startTime }) => Math.min(least, startTime.getTime()), Infinity)),
    endTime: new Date(reports.reduce((most, { endTime }) => Math.max(most, endTime.getTime()), -Infinity)),
  };
}

/** Identifies a secret in an artifact, regardless of the rule. */
const identityOf = ({ fingerprint, artifact, project }: Finding): string =>
  `${fingerprint} ${artifact.kind} ${keyOfProject(project)}`;

const KNOWN = { active: 2, inactive: 1, unknown: 0 } as const;

/** The more informative of two equal findings: not accepted, checked, of higher confidence. */
function better(a: Finding, b: Finding): Finding {
  const rank = (finding: Finding): number =>
    (isAccepted(finding) ? 0 : 100) + 10 * KNOWN[finding.tokenStatus.state] + CONFIDENCES.indexOf(finding.confidence);
  return rank(b) > rank(a) ? b : a;
}

function distinct<T>(items: readonly T[], key: (item: T) => string, choose: (a: T, b: T) => T = (a) => a): T[] {
  const seen = new Map<string, T>();
  for (const item of items) {
    const before = seen.get(key(item));
    seen.set(key(item), before === undefined ? item : choose(before, item));
  }
  return [...seen.values()];
}

function sum(all: readonly Counts[]): Counts {
  const add = (read: (counts: Counts) => number): number => all.reduce((total, counts) => total + read(counts), 0);
  const skips: Partial<Record<SkipReason, number>> = {};
  for (const counts of all)
    for (const [reason, count] of Object.entries(counts.skips) as [SkipReason, number][])
      skips[reason] = (skips[reason] ?? 0) + count;
  const unopened: Record<string, number> = {};
  for (const counts of all)
    for (const [kind, count] of Object.entries(counts.unopened ?? {})) unopened[kind] = (unopened[kind] ?? 0) + count;
  const masked = add((counts) => counts.masked ?? 0);
  const filtered = add((counts) => counts.filtered ?? 0);
  const known = add((counts) => counts.known ?? 0);
  return {
    artifacts: add((counts) => counts.artifacts),
    bytes: add((counts) => counts.bytes),
    belowConfidence: add((counts) => counts.belowConfidence),
    suppressed: 0,
    ...(masked === 0 ? {} : { masked }),
    ...(known === 0 ? {} : { known }),
    ...(filtered === 0 ? {} : { filtered }),
    skips,
    ...(Object.keys(unopened).length === 0 ? {} : { unopened }),
  };
}

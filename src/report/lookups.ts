/** Lookups in a report that several formats need. */

import { uniqueInProjects } from './by-project.ts';
import type { JobReference } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import { activeFindings, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';

/** The rules that have findings, in the order of the report's rules. */
export function usedRules(report: Report): Rule[] {
  const ids = new Set(report.findings.map((finding) => finding.ruleId));
  return report.rules.filter((rule) => ids.has(rule.id));
}

/** The rule of a finding. */
export function ruleLookup(report: Report): (finding: Finding) => Rule {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  return (finding) => rules.get(finding.ruleId)!; // every finding comes from one of the report's rules
}

/**
 * The active findings, one for each fingerprint. Two findings share one when their file names are the same once redacted, or when a
 * token is both in a file and in its name. GitLab requires unique ids and fingerprints.
 */
export function distinctFindings(report: Report): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of activeFindings(report).map(uniqueInProjects))
    if (!first.has(finding.fingerprint)) first.set(finding.fingerprint, finding);
  return [...first.values()];
}

/** The lines to point at, for formats in which every finding is in a file. A finding in a file's name points at the first line. */
export function linesOf({ artifact, regions: [first] }: Finding): { startLine: number; endLine: number } {
  if (artifact.kind === 'file-name') return { startLine: 1, endLine: 1 };
  return { startLine: first.startLine, endLine: first.endLine };
}

/** The job whose log holds the finding, with the URL of the line. */
export function jobOf({ artifact, regions }: Finding): JobReference | undefined {
  const { job } = artifact;
  return job === undefined ? undefined : { ...job, url: `${job.url}#L${regions[0].startLine}` };
}

/** What the index takes of one report of a repository. */

import * as v from 'valibot';
import { defined } from '../../lib/defined.ts';
import { readOptionalFile } from '../../lib/optional-file.ts';
import type { Finding } from '../../model/finding.ts';
import { GlaiveError } from '../../model/errors.ts';
import { isComplete, type Report } from '../../model/report.ts';
import { isAccepted } from '../../model/suppression.ts';
import { readGlaive } from '../../report/readers/glaive.ts';
import { REPORT_MAX, reportDigest } from '../generations.ts';
import type { FindingRow } from './rows.ts';

/** A finding as its report has it, without what the index adds. */
export type ListedFinding = Omit<
  FindingRow,
  | 'key'
  | 'name'
  | 'project'
  | 'status'
  | 'isNew'
  | 'firstSeen'
  | 'firstPlan'
  | 'lastSeen'
  | 'lastPlan'
  | 'lastGeneration'
>;

export interface ReportFacts {
  /** When the sweep ended, in UTC. */
  readonly at: string;
  readonly isWhole: boolean;
  readonly gaps: number;
  readonly coverage?: string;
  readonly tip?: string;
  readonly findings: readonly ListedFinding[];
  /** What earlier sweeps have found and what is still there, as {@link placeKey}; undefined if the report only counts it. */
  readonly remaining: readonly string[] | undefined;
}

/** Identifies a secret in a place, as a list of known leaks does. */
export function placeKey({
  secretFingerprint,
  kind,
  uri,
}: Pick<ListedFinding, 'secretFingerprint' | 'kind' | 'uri'>): string {
  return `${secretFingerprint} ${kind} ${uri}`;
}

const ProjectSchema = v.object({ coverage: v.optional(v.string()), tip: v.optional(v.string()) });
const KnownSchema = v.array(v.object({ secretFingerprint: v.string(), kind: v.string(), uri: v.string() }));

/**
 * @param digest of the text, if it is known
 * @throws GlaiveError if it is not a report, or the file system's error; undefined if the file is gone
 */
export function readFacts(path: string, digest: string | undefined): ReportFacts | undefined {
  const text = readOptionalFile(path, { max: REPORT_MAX });
  if (text === undefined) return undefined;
  if (digest !== undefined && digest !== reportDigest(text))
    throw new GlaiveError('usage', `${path} is not the report that was written`);
  const value: unknown = JSON.parse(text);
  const { scan, known } = value as { scan?: { project?: unknown }; known?: unknown }; // the reader checks the rest
  const report = readGlaive(value, path);
  return factsOf(report, scan?.project, known);
}

function factsOf(report: Report, plainProject: unknown, plainKnown: unknown): ReportFacts {
  const project = v.safeParse(ProjectSchema, plainProject);
  const known = v.safeParse(KnownSchema, plainKnown);
  const at = report.endTime.toISOString();
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  return {
    at,
    isWhole: isComplete(report),
    gaps: report.gaps.length,
    ...defined(project.success ? project.output : {}),
    findings: report.findings.map((finding) => listed(finding, rules.get(finding.ruleId)!, at)), // the reader has checked it
    remaining: known.success
      ? known.output.map(({ secretFingerprint, kind, uri }) => placeKey({ secretFingerprint, kind, uri }))
      : report.counts.known === undefined
        ? []
        : undefined,
  };
}

function listed(finding: Finding, rule: Report['rules'][number], at: string): ListedFinding {
  const { artifact, regions, introduction, history, tokenStatus, locator } = finding;
  const row: Required<Pick<ListedFinding, 'fingerprint' | 'locator'>> & ListedFinding = {
    fingerprint: finding.fingerprint,
    secretFingerprint: finding.secretFingerprint,
    ruleId: finding.ruleId,
    title: rule.name,
    risk: rule.risk,
    severity: finding.severity,
    confidence: finding.confidence,
    ...(isAccepted(finding) ? { isAccepted: true as const } : {}),
    tokenStatus: tokenStatus.state,
    ...(tokenStatus.state === 'active' ? {} : { tokenStatusReason: tokenStatus.reason }),
    kind: artifact.kind,
    uri: artifact.uri,
    line: regions[0].startLine,
    preview: finding.preview,
    listedAt: at,
    locator: {
      kind: locator.kind,
      ...defined({ path: locator.path, blob: locator.blob, commit: locator.commit }),
      ...(locator.entries === undefined ? {} : { entries: [...locator.entries] }),
      byteOffset: locator.byteOffset,
      byteLength: locator.byteLength,
      encodings: [...locator.encodings],
    },
  };
  return {
    ...row,
    ...defined({
      checkedAt: finding.verification?.checkedAt,
      commit: introduction?.commit,
      author: introduction?.author,
      date: introduction?.date,
      inHead: history?.inHead,
    }),
  };
}

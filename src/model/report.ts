/** The whole result of a run, as every report format receives it. */

import type { Finding } from './finding.ts';
import type { Gap, SkipReason } from './gap.ts';
import type { KnownLeak } from './known-leak.ts';
import type { Rule } from './rule.ts';
import { isAccepted } from './suppression.ts';

export interface Counts {
  /** Artifacts that were scanned to the last byte. */
  readonly artifacts: number;
  readonly bytes: number;
  /** Findings below the requested confidence; counted, not listed. */
  readonly belowConfidence: number;
  /** Accepted findings, which do not count; listed with the others. */
  readonly suppressed: number;
  /** Values in job logs that the runner has masked; absent when there are none. */
  readonly masked?: number;
  /** Leaks of earlier runs that are not listed again, and remain; absent when there are none. */
  readonly known?: number;
  /** Findings that `--min-severity` or `--in-head` leaves out; absent when there are none. */
  readonly filtered?: number;
  readonly skips: Readonly<Partial<Record<SkipReason, number>>>;
  /** The archives among them that glaive cannot read, by kind; absent when there are none. */
  readonly unopened?: Readonly<Record<string, number>>;
}

/** The base of a range of commits. Names of refs are untrusted text, redacted. */
export interface ComparedWith {
  /** The range by its name: `merge request !7`, `push to main`, `origin/main..HEAD`. */
  readonly range: string;
  /** The commit at its end. */
  readonly tip: string;
  /** Everything reachable from these existed before; empty if nothing did. */
  readonly bases: readonly {
    readonly commit: string;
    /** The ref that it was found by; absent if an id was given. */
    readonly ref?: string;
    /** The reason for choosing it. */
    readonly chosen: string;
  }[];
}

/** The project that a sweep of many repositories has scanned. Texts of strangers, redacted. */
export interface SweptProject {
  /** Its id in GitLab. */
  readonly id?: number;
  readonly path?: string;
  /** The address of its page, or the one that it was fetched from. */
  readonly url?: string;
  /** What could be scanned: all objects on the disk of the server, or only those that it offers to fetch. */
  readonly coverage: 'disk' | 'advertised-refs';
  /** The commit of its HEAD. */
  readonly tip?: string;
}

export interface Report {
  readonly tool: { readonly name: 'glaive'; readonly version: string };
  /** The command that made the report, for example `scan`. */
  readonly command: string;
  /** Every rule of the scan, sorted by id. */
  readonly rules: readonly Rule[];
  /** Sorted by artifact, position, rule; suppressed ones among them. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** Information that is not a problem: for example stale baseline entries. */
  readonly notes: readonly string[];
  readonly counts: Counts;
  /** The leaks that `counts.known` counts. */
  readonly known?: readonly KnownLeak[];
  /** HEAD of the repository that was scanned; absent outside git. */
  readonly commit?: string;
  /** The branch or tag that is checked out, or that the CI job runs for; redacted. Absent if unknown. */
  readonly ref?: string;
  /** The address of the repository's remote, without credentials, else the name of its folder; absent if unknown. */
  readonly repository?: string;
  /** Set by a sweep of many repositories. */
  readonly project?: SweptProject;
  /** Set by a scan of a range of commits. */
  readonly comparedWith?: ComparedWith;
  readonly startTime: Date;
  readonly endTime: Date;
}

/** The findings that count: all that are not accepted. */
export function activeFindings(report: Report): readonly Finding[] {
  return report.findings.filter((finding) => !isAccepted(finding));
}

/** The number of things that could not be scanned, listed or not. */
export function gapCount({ gaps }: Pick<Report, 'gaps'>): number {
  return gaps.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Whether everything requested was scanned. */
export function isComplete(report: Report): boolean {
  return report.gaps.length === 0;
}

/** The whole result of a run, as every report format receives it. */

import type { Finding } from './finding.ts';
import type { Gap, SkipReason } from './gap.ts';
import type { KnownLeak } from './known-leak.ts';
import type { Rule } from './rule.ts';
import { isAccepted } from './suppression.ts';

export interface Counts {
  /** Artifacts whose every byte was looked at. */
  readonly artifacts: number;
  readonly bytes: number;
  /** Findings below the confidence that was asked for; counted, not listed. */
  readonly belowConfidence: number;
  /** Findings that do not count, because somebody accepted them; listed with the others. */
  readonly suppressed: number;
  /** Values in job logs that the runner has masked; absent when there are none. */
  readonly masked?: number;
  /** Leaks of earlier runs that are not listed again, and remain; absent when there are none. */
  readonly known?: number;
  readonly skips: Readonly<Partial<Record<SkipReason, number>>>;
  /** The archives among them that there is no reader for, by kind; absent when there are none. */
  readonly unopened?: Readonly<Record<string, number>>;
}

/** What a range of commits was compared with. Names of refs are strangers' text, redacted. */
export interface ComparedWith {
  /** Whose range it is: `merge request !7`, `push to main`, `origin/main..HEAD`. */
  readonly range: string;
  /** The commit at its end. */
  readonly tip: string;
  /** What is reachable from these was there before; none where nothing was. */
  readonly bases: readonly {
    readonly commit: string;
    /** The name by which it was found; absent where an id was given. */
    readonly ref?: string;
    /** How it was chosen. */
    readonly chosen: string;
  }[];
}

export interface Report {
  readonly tool: { readonly name: 'glaive'; readonly version: string };
  /** The command that made the report, for example `scan`. */
  readonly command: string;
  /** Every rule that took part, sorted by id. */
  readonly rules: readonly Rule[];
  /** Sorted by artifact, position, rule; suppressed ones among them. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** What is worth knowing and is no trouble: for example baseline entries that match nothing any more. */
  readonly notes: readonly string[];
  readonly counts: Counts;
  /** The leaks that `counts.known` counts. */
  readonly known?: readonly KnownLeak[];
  /** HEAD of the repository that was scanned; absent outside git. */
  readonly commit?: string;
  /** Where the repository comes from, without credentials; absent where nobody knows. */
  readonly repository?: string;
  /** Where a range of commits was scanned. */
  readonly comparedWith?: ComparedWith;
  readonly startTime: Date;
  readonly endTime: Date;
}

/** The findings that count: those that nobody has accepted. */
export function activeFindings(report: Report): readonly Finding[] {
  return report.findings.filter((finding) => !isAccepted(finding));
}

/** How many things could not be scanned, listed or not. */
export function gapCount({ gaps }: Pick<Report, 'gaps'>): number {
  return gaps.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Whether everything that was asked for was looked at. */
export function isComplete(report: Report): boolean {
  return report.gaps.length === 0;
}

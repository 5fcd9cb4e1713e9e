/** What the bench must know of a scanner: how to run it without a network on a folder and on a history, and how to read its report. */

import type { Run } from '../process-tree.ts';

/** What a scanner is run on, and where it may write. */
export interface Target {
  /** The folder, or the bare repository. */
  readonly folder: string;
  /** An empty folder for this run. */
  readonly scratch: string;
  /** The report is read from this file if the scanner writes it; else it is the standard output. */
  readonly report: string;
}

/** A program and its arguments. */
export type Step = readonly [program: string, ...args: string[]];

export interface Reported {
  readonly rule: string;
  readonly secret: string;
}

export interface Scanner {
  readonly name: string;
  /** Ends with 0 if the program is there, and prints its version. */
  readonly version: Step;
  /** Flags that restrict it to GitLab's credentials are within, where it has any. Absent: it cannot scan folders. */
  readonly tree?: (target: Target) => readonly Step[];
  /** All commits of all refs at least. Absent: it cannot scan a history. */
  readonly history?: (target: Target) => readonly Step[];
  /** The exit code of a run that found something; absent: 0. */
  readonly foundCode?: number;
  /** The GitLab credentials of a report. Absent: it searches keywords, and reports no credential. */
  readonly read?: (report: string) => Reported[];
}

/** What one scanner did on one folder or history. */
export interface Outcome {
  readonly name: string;
  readonly run: Run;
  /** Whether it ended early, or with an error. */
  readonly isPartial: boolean;
  /** Absent: it reports no credentials, or was stopped. */
  readonly reported?: readonly Reported[];
}

/** The values of a report that has one JSON object a line; other lines are messages. */
export function jsonLines(report: string): unknown[] {
  return report
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

/** The type of a report format; `index.ts` lists the formats. */

import type { Report } from '../model/report.ts';

/** The orders of findings in reports for people. */
export const SORTS = ['severity', 'path', 'date'] as const;

export type Sort = (typeof SORTS)[number];

export interface RenderOptions {
  /** Whether ANSI colours may be used. */
  readonly color: boolean;
  /** Whether to leave out everything except findings and gaps. */
  readonly quiet: boolean;
  /** Whether formats for people list accepted findings. */
  readonly showSuppressed: boolean;
  /** The order of findings in formats for people. Default: the worst first, or by place with `details`. */
  readonly sort?: Sort;
  /** Whether `text` lists everything about each finding. */
  readonly details?: boolean;
  /** Whether a person reads it on a screen, or in a job log, which cannot hold thousands of lines. */
  readonly isScreen?: boolean;
  /** The width of the terminal; absent: text is not wrapped. */
  readonly columns?: number;
  /** The file that holds the whole report, for a text that does not. */
  readonly wholeReport?: string;
  /** Whether the HTML report is written, too. */
  readonly hasPage?: boolean;
  /** Whether a format with a field for plain secrets writes them; only on explicit request (`--raw-secrets`). */
  readonly rawSecrets?: boolean;
  /** The address of the GitLab whose CI job writes the report; absent outside CI. */
  readonly gitlabUrl?: string | undefined;
}

/** Renders a report piece by piece; pure. */
export type Render = (report: Report, options: RenderOptions) => Iterable<string>;

/** Renders a report as several files, if one would be too large for its readers; pure. */
export type RenderFiles = (report: Report) => readonly Iterable<string>[];

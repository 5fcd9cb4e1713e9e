/** What a report format is; `index.ts` lists them. */

import type { Report } from '../model/report.ts';

export interface RenderOptions {
  /** Whether ANSI colours may be used. */
  readonly color: boolean;
  /** Whether to leave out what is neither a finding nor a gap. */
  readonly quiet: boolean;
  /** Whether a format for people lists what somebody has accepted. */
  readonly showSuppressed: boolean;
  /** Whether a report that has a place for the secrets themselves gets them; somebody has asked for it in so many words. */
  readonly rawSecrets?: boolean;
}

/** Gives a report piece by piece; pure. */
export type Render = (report: Report, options: RenderOptions) => Iterable<string>;

/** Gives a report as the files that its readers take, where one may be too large for them; pure. */
export type RenderFiles = (report: Report) => readonly Iterable<string>[];

/** What a report format is; `index.ts` lists them. */

import type { Report } from '../model/report.ts';

export interface RenderOptions {
  /** Whether ANSI colours may be used. */
  readonly color: boolean;
  /** Whether to leave out what is neither a finding nor a gap. */
  readonly quiet: boolean;
  /** Whether a format for people lists what somebody has accepted. */
  readonly showSuppressed: boolean;
}

/** Gives a report piece by piece; pure. */
export type Render = (report: Report, options: RenderOptions) => Iterable<string>;

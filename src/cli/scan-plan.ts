/** A scan as a command asks for it. Configuration, rules and limits are added by `scan-setup.ts`. */

import type { Config } from '../config/config.ts';
import type { ReadText } from '../config/load.ts';
import type { Change } from '../config/effective-policy.ts';
import type { Exclusions } from '../config/exclusions.ts';
import type { Progress } from '../model/progress.ts';
import type { ComparedWith, Report } from '../model/report.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Source } from '../model/source.ts';
import type { Moment } from '../report/block-message.ts';
import type { ScanRequest, Volume } from '../scan/request.ts';

/** What the sources of a command may need to know. */
export interface ScanContext {
  /** The root of the work tree, else the working directory; URIs are relative to it. */
  readonly base: string;
  readonly root: string | undefined;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly exclusions: Exclusions;
  readonly ruleset: Ruleset;
  readonly progress: Progress | undefined;
}

export interface ScanPlan extends Pick<ScanRequest, 'known' | 'onDrop' | 'isComplete'> {
  readonly volume: Volume;
  readonly sources: (context: ScanContext) => readonly Source[];
  /** The folder of the repository to scan, with its configuration; default: the working directory. */
  readonly folder?: string;
  /** Prints nothing for a clean scan: hooks run at every commit. */
  readonly silentWhenClean?: boolean;
  /** The hook that stops a commit or a push because of the findings; it has a message of its own. */
  readonly blocks?: Moment | undefined;
  /** The report names the commit that is checked out, which holds what was scanned. */
  readonly includeHead?: boolean;
  /** Gets the report before anything is written. */
  readonly onReport?: (report: Report) => void;
  /** How many bytes there are to scan, if that is known before. */
  readonly totalBytes?: () => number | undefined;
  /** Counts them while the scan runs; only a terminal that shows progress asks. */
  readonly measureBytes?: (context: ScanContext) => Promise<number | undefined>;
  /** Only the administrator decides: nothing is read that a push may have introduced. */
  readonly administered?: { readonly inlineAllow: boolean };
  /** The commit or ref that a range is compared with, for the report. */
  readonly comparedWith?: ComparedWith;
  readonly notes?: readonly string[];
  /** Files as they were before, if only their exclusions count. */
  readonly earlier?: readonly ReadText[];
  /** For a change: the policy before it, and whether a change may accept its own findings. */
  readonly change?: Change;
  /** Findings of a report are read again; the command itself decides which of them are verified. */
  readonly isReread?: true;
  /** A time limit that has begun to run before the scan: see {@link limitedSignal}. */
  readonly signal?: AbortSignal;
}

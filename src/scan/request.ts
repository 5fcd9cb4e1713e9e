/** What a scan needs to know: one typed request, whatever command it is for. */

import type { VerifyStage } from '../credentials/verification-stage.ts';
import type { Threads } from '../detect/threads/threaded-matcher.ts';
import type { Confidence } from '../model/confidence.ts';
import type { OnDrop } from '../model/drop.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Source } from '../model/source.ts';
import type { Accepted } from '../triage/suppress.ts';

/**
 * How much there may be to scan. A `commit` is small: the kernel that starts fastest is best, and there is no progress to
 * show. A `stream` is read once, in one thread; a `tree` of files may be shared among threads; a `repository` is read with
 * everything that it has ever held.
 */
export type Volume = 'commit' | 'stream' | 'tree' | 'repository';

/** Sources, and the rules that they are scanned with. */
export interface Pass {
  readonly sources: readonly Source[];
  readonly ruleset: Ruleset;
}

export interface ScanRequest extends Pass {
  readonly command: string;
  /** Default: `tree`. */
  readonly volume?: Volume;
  /** The same scan with other rules, each with sources of its own: a finding of any pass is reported. */
  readonly others?: readonly Pass[];
  readonly minConfidence: Confidence;
  /** Whether `minConfidence` comes from a file and not from the user: then a note says what it hides. */
  readonly isConfigured?: true;
  /** What has been accepted; default: nothing. */
  readonly accepted?: Accepted;
  /** Whether the sources cover everything, so that a baseline entry without a finding is stale. */
  readonly isComplete?: boolean;
  /** Leaks that earlier runs have reported, and that are still there. */
  readonly known?: readonly KnownLeak[];
  /** The commit that holds what is scanned, for the report. */
  readonly commit?: string;
  /** Worker threads that may share the work; absent: one thread does all of it. */
  readonly threads?: Threads | undefined;
  /** Asks the issuers whether the reported credentials are active; absent: no request is sent. */
  readonly verifyStage?: VerifyStage | undefined;
  /** Hears of every possible credential that a step leaves out of the report, and why. Works in one thread only. */
  readonly onDrop?: OnDrop | undefined;
  readonly progress?: Progress | undefined;
  /** Turns skips into gaps. */
  readonly strict: boolean;
  /** Ends the scan early, with a gap that names its `reason`. */
  readonly signal?: AbortSignal | undefined;
  readonly clock: () => Date;
}

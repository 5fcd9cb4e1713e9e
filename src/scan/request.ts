/** The request for a scan: one type for all commands. */

import type { VerifyStage } from '../credentials/verification-stage.ts';
import type { Threads } from '../detect/threads/threaded-matcher.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import type { OnDrop } from '../model/drop.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Source } from '../model/source.ts';
import type { Accepted } from '../triage/suppress.ts';

/**
 * The expected amount of data. A `commit` is small: the kernel that starts fastest is best, and no progress is shown. A `stream`
 * is read once, in one thread. A `tree` of files may be shared among threads. A `repository` is read with its whole history.
 */
export type Volume = 'commit' | 'stream' | 'tree' | 'repository';

/** Sources, and the rules to scan them with. */
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
  /** Whether `minConfidence` comes from a file and not from the command line: then a note counts the hidden findings. */
  readonly isConfigured?: true;
  /** The accepted findings; default: none. */
  readonly accepted?: Accepted;
  /** Whether the sources cover everything, so that a baseline entry without a finding is stale. */
  readonly isComplete?: boolean;
  /** Leaks that earlier runs reported, and that are still present. */
  readonly known?: readonly KnownLeak[];
  /** The scanned commit, for the report. */
  readonly commit?: string;
  /** Worker threads that may share the work; absent: everything runs in one thread. */
  readonly threads?: Threads | undefined;
  /** Asks the issuers whether the reported credentials are active; absent: no request is sent. */
  readonly verifyStage?: VerifyStage | undefined;
  /** Called for every possible credential that a step leaves out of the report. Supported in one thread only. */
  readonly onDrop?: OnDrop | undefined;
  readonly progress?: Progress | undefined;
  /** Called with findings as soon as they are found: before they are attributed, and before those of other passes. */
  readonly onFound?: ((findings: readonly Finding[]) => void) | undefined;
  /** Turns skips into gaps. */
  readonly strict: boolean;
  /** Ends the scan early, with a gap that names its `reason`. */
  readonly signal?: AbortSignal | undefined;
  readonly clock: () => Date;
}

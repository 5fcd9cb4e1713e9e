/** How `glaive fleet` calls its verbs. */

import type { ExitCode, Io } from '../../../model/io.ts';
import type { ParsedArgs } from '../../args/parse.ts';

/** What each verb gets. */
export interface FleetCall {
  /** The folder of plans, states and results; absolute. */
  readonly store: string;
  /** The arguments behind the verb. */
  readonly words: readonly string[];
  readonly args: ParsedArgs;
  readonly io: Io;
}

/** 75 (`EX_TEMPFAIL`): an engine should try the repository again. */
export type FleetCode = ExitCode | 75;

/** How the server has a text scanned: the command line does it, by the main path and with the policy of a folder. */

import type { Report } from '../model/report.ts';

export interface TextToCheck {
  /** Absolute; undefined for a document that is in no file. */
  readonly path: string | undefined;
  /** The policy is that of `glaive scan` in this folder. */
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** Fires when the result is not needed any more. */
  readonly signal: AbortSignal;
}

export interface TextChecker {
  /**
   * Scans a text; undefined if the policy or git leaves its file out.
   *
   * @throws GlaiveError (`config` or `rules`) while the policy of the folder is broken
   */
  check(text: TextToCheck): Promise<Report | undefined>;
  /** Files of the policy may have changed. */
  refresh(): void;
}

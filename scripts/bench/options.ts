/** What every bench gets. */

import type { Effort } from './measure.ts';

export interface BenchOptions {
  /** The built command. */
  readonly main: string;
  /** This repository. */
  readonly root: string;
  readonly effort: Effort;
  /** Less of everything, to see whether it works. */
  readonly quick: boolean;
  /** Shows a table, and keeps it when that was asked for. */
  readonly print: (title: string, head: readonly string[], rows: readonly (readonly string[])[]) => void;
}

/** The options of every bench. */

import type { Effort } from './measure.ts';

export interface BenchOptions {
  /** The built command. */
  readonly main: string;
  /** This repository. */
  readonly root: string;
  readonly effort: Effort;
  /** Smaller inputs, to test whether the bench works. */
  readonly quick: boolean;
  /** Shows a table, and saves it with `--save`. */
  readonly print: (title: string, head: readonly string[], rows: readonly (readonly string[])[]) => void;
}

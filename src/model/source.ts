/** A source yields inputs and says what it could not look at. One file each in `sources/`. */

import type { Input } from './artifact.ts';
import type { Gap, SkipReason } from './gap.ts';

/** Where everybody who meets trouble leaves word of it. */
export interface Trouble {
  gap(gap: Gap): void;
  skip(reason: SkipReason, count?: number): void;
}

export interface Source {
  readonly name: string;
  /** Yields lazily: nothing is read before it is asked for. Throws only for bugs; trouble is reported and passed by. */
  inputs(trouble: Trouble): AsyncIterable<Input>;
  /** Where only what is new is asked for: texts that are taken away. A secret that stands in one of them is not new. */
  removed?(trouble: Trouble): AsyncIterable<Input>;
}

/** A rule set ready to search with: every literal the kernel looks for, and what to try where it is found. */

import type { PatternForm, RoutableForm, Rule } from './rule.ts';

/** What to try at a literal. */
export type Trial =
  | { readonly kind: 'pattern'; readonly rule: Rule; readonly form: PatternForm }
  | { readonly kind: 'routable'; readonly version: RoutableForm['version'] };

export interface Literal {
  /** One character a byte (latin1). */
  readonly text: string;
  readonly trials: readonly Trial[];
}

export interface Ruleset {
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  /** Sorted; the index is the literal's id in the kernel. */
  readonly literals: readonly Literal[];
  /** Every routable form with its rule, in the order in which they are tried: known prefixes first, longest first. */
  readonly routables: readonly { readonly rule: Rule; readonly form: RoutableForm }[];
  /** How many bytes before and after a literal's first byte a trial may read. */
  readonly reach: { readonly before: number; readonly after: number };
}

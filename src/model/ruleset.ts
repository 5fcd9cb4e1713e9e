/** A rule set ready to search with: every literal the kernel looks for, and what to try where it is found. */

import type { PatternForm, RoutableForm, Rule } from './rule.ts';

export interface PatternTrial {
  readonly kind: 'pattern';
  readonly rule: Rule;
  readonly form: PatternForm;
}

/** What to try at a literal. */
export type Trial = PatternTrial | { readonly kind: 'routable'; readonly version: RoutableForm['version'] };

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
  /** What is tried at the first byte of a text that is no longer than `aloneMax`. */
  readonly alone: readonly PatternTrial[];
  readonly aloneMax: number;
  /** How many bytes before and after a literal's first byte a trial may read. */
  readonly reach: { readonly before: number; readonly after: number };
}

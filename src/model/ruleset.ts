/** A compiled rule set: every keyword, and the trials to run where the kernel finds it. */

import type { AssignedForm, PatternForm, RoutableForm, Rule } from './rule.ts';

/** Bytes after a form's longest span that a look-ahead at the end of its pattern may read. */
export const LOOK_AHEAD = 16;
/** Bytes directly after a token that are masked with it: it may be a token of a longer form. */
export const TOUCH_REACH = 1024;

/** What a routable token may reach before and after its anchor: 300 body bytes and a prefix before, 13 bytes after, and some room. */
export const ROUTABLE_REACH = { before: 384, after: 400 };
/**
 * Bytes around a keyword in which values are looked for, and around a value what it is assigned to. All that is read is within
 * `before + left` bytes before a keyword, and `after + right` bytes after it.
 */
export const ASSIGNMENT_REACH = { before: 640, after: 900, left: 720, right: 360 } as const;

export interface PatternTrial {
  readonly kind: 'pattern';
  readonly rule: Rule;
  readonly form: PatternForm;
}

/** One kind of credential that may begin at a keyword. */
export type Trial =
  | PatternTrial
  /** Values near the keyword that are assigned to a name. */
  | { readonly kind: 'assignment' }
  | { readonly kind: 'routable'; readonly version: RoutableForm['version'] };

export interface Keyword {
  /** One character a byte (latin1). */
  readonly text: string;
  /** Whether one of its trials is worth running in encoded text. */
  readonly encoded: boolean;
  /** Whether it is a name: no credential begins at it, but values near it may be credentials. */
  readonly isName: boolean;
  readonly trials: readonly Trial[];
}

/** What some values of assigned forms look like. */
export interface AssignedValue {
  /** `hex:64`, `devise:20`, `runner:23`. */
  readonly kind: string;
  /** One of these words, in small letters, is near each that is a credential; absent: none needs to be. */
  readonly words?: readonly string[];
}

export interface Ruleset {
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  /** Sorted; the index is the keyword's id in the kernel. */
  readonly keywords: readonly Keyword[];
  /** Every routable form with its rule, in the order in which they are tried: known prefixes first, longest first. */
  readonly routables: readonly { readonly rule: Rule; readonly form: RoutableForm }[];
  readonly assignments: readonly { readonly rule: Rule; readonly form: AssignedForm }[];
  /** What the values of all assigned forms look like. */
  readonly assignedValues: readonly AssignedValue[];
  /** Trials at the first byte of texts of up to `aloneMax` bytes that hold nothing else. */
  readonly alone: readonly PatternTrial[];
  readonly aloneMax: number;
  /** How many bytes before and after a keyword's first byte a trial may read. */
  readonly reach: { readonly before: number; readonly after: number };
}

/** A verified match, and a match that was rejected; both in offsets of the searched bytes. */

import type { Evidence, Instance } from '../../model/candidate.ts';
import type { DropReason } from '../../model/drop.ts';
import type { Span } from '../../model/region.ts';
import type { Rule } from '../../model/rule.ts';
import type { Secret } from '../../model/secret.ts';
import type { ContextHints } from '../context/hints.ts';

export interface VerifiedMatch extends Span {
  readonly rule: Rule;
  readonly form: string;
  /** The public prefix within the secret that may be shown; empty when the secret has none. */
  readonly label: string;
  readonly evidence: Evidence;
  readonly secret: Secret;
  /** Encodings that were decoded to see it, outermost first. */
  readonly encodings: readonly string[];
  /** Context hints: the host, project or user named next to it. */
  readonly hints: readonly ContextHints[];
  /** The end of the characters that touch its end; they are hidden with it. */
  readonly runEnd?: number;
  /** The text before it that is the prefix of its instance, or may be. */
  readonly instance?: (Span & Omit<Instance, 'whole'> & { readonly whole?: Secret }) | undefined;
}

/** A match without its context hints, except those that its pattern captured. */
export type BareMatch = Omit<VerifiedMatch, 'hints'> & { readonly captured?: readonly ContextHints[] };

/** A keyword of a rule that the kernel found, and that begins no credential. */
export interface Rejection extends Span {
  readonly rule?: Rule;
  readonly form?: string;
  readonly reason: DropReason;
  readonly encodings: readonly string[];
}

export type OnRejection = (rejection: Rejection) => void;

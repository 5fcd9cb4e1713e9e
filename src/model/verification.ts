/** What the issuer said of a token. Texts of the server are cleaned: no secrets, no control characters, cut. */

import type { Secret } from './secret.ts';
import type { TokenStatus } from './token-status.ts';

export interface TokenOwner {
  readonly kind: 'human' | 'project bot' | 'group bot' | 'service account' | 'project' | 'group' | 'runner' | 'unknown';
  readonly name?: string;
  readonly id?: string;
  readonly isAdmin?: true;
}

export interface Verification {
  /** Who was asked: host, and port where it is not the usual one. Absent when nobody was. */
  readonly host?: string;
  /** RFC 3339, UTC. */
  readonly checkedAt: string;
  /** Of the token, or of the job that it is for; in digits. */
  readonly id?: string;
  /** Id of the project that it is for. */
  readonly project?: string;
  /** Name that its owner gave it. */
  readonly name?: string;
  /** The most dangerous first. */
  readonly scopes?: readonly string[];
  readonly owner?: TokenOwner;
  readonly createdAt?: string;
  /** A date or a time; `never`: it has none. */
  readonly expiresAt?: string;
  /** Before glaive asked: asking is a use. */
  readonly lastUsedAt?: string;
  readonly lastUsedIps?: readonly string[];
  /** What its owner may maintain: numbers, and whether there may be more. */
  readonly reach?: { readonly groups: number; readonly projects: number; readonly isAtLeast: boolean };
  /** Sentences of ours. */
  readonly notes: readonly string[];
}

/** The one scope of a fine-grained token: what it may do is said by permissions, which no answer lists. */
export const FINE_GRAINED = 'granular';

/** Beside another scope it says nothing. */
export function isFineGrained(scopes: readonly string[] = []): boolean {
  return scopes.length === 1 && scopes[0] === FINE_GRAINED;
}

/** A status, and why. */
export interface Verdict {
  readonly status: TokenStatus;
  /** The credential that it is said of, where that is the other reading of it. */
  readonly reading?: Secret;
  readonly verification: Verification;
}

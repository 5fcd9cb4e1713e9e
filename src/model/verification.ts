/** The issuer's response about a token. Texts of the server are truncated and stripped of secrets and control characters. */

import type { Secret } from './secret.ts';
import type { TokenStatus } from './token-status.ts';

export interface TokenOwner {
  readonly kind: 'human' | 'project bot' | 'group bot' | 'service account' | 'project' | 'group' | 'runner' | 'unknown';
  readonly name?: string;
  readonly id?: string;
  readonly isAdmin?: true;
}

export interface Verification {
  /** The host that was asked, with a port that is not the default. Absent if no request was sent. */
  readonly host?: string;
  /** RFC 3339, UTC. */
  readonly checkedAt: string;
  /** Id of the token, or of the job that it belongs to; digits. */
  readonly id?: string;
  /** Id of the project that it belongs to. */
  readonly project?: string;
  /** The name that its owner gave it. */
  readonly name?: string;
  /** The most dangerous first. */
  readonly scopes?: readonly string[];
  readonly owner?: TokenOwner;
  readonly createdAt?: string;
  /** A date or a time, or `never`. */
  readonly expiresAt?: string;
  /** The last use before the check, which is itself a use. */
  readonly lastUsedAt?: string;
  readonly lastUsedIps?: readonly string[];
  /** How many groups and projects its owner may maintain, at least. */
  readonly reach?: { readonly groups: number; readonly projects: number; readonly isAtLeast: boolean };
  /** Sentences by glaive. */
  readonly notes: readonly string[];
}

/** The only scope of a fine-grained token, whose permissions no response lists. */
export const FINE_GRAINED = 'granular';

/** With other scopes it has no meaning. */
export function isFineGrained(scopes: readonly string[] = []): boolean {
  return scopes.length === 1 && scopes[0] === FINE_GRAINED;
}

/** The result of a check. */
export interface Verdict {
  readonly status: TokenStatus;
  /** The credential that was checked, if it is the other reading of the finding. */
  readonly reading?: Secret;
  readonly verification: Verification;
}

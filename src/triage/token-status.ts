/** What can be said about a token's life without asking anybody. */

import type { Facts } from '../model/candidate.ts';
import type { TokenStatus } from '../model/token-status.ts';

/** A token that names its expiry is dead for certain once that has passed. */
export function offlineStatus(facts: Facts, now: Date): TokenStatus {
  if (facts.expiresAt !== undefined && new Date(facts.expiresAt) < now) return { state: 'inactive', reason: 'expired' };
  return { state: 'unknown', reason: 'not checked' };
}

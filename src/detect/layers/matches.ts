/** The matches of a layer at one or several places. */

import type { Span } from '../../model/region.ts';
import type { VerifiedMatch } from '../verify/verified-match.ts';

export interface Matches {
  readonly verified: readonly VerifiedMatch[];
  /** Everything that must not be shown: the verified matches, and near misses, which may be damaged tokens. */
  readonly hidden: readonly Span[];
}

/** Shared by all hits that lead to nothing, which most do. */
export const NO_MATCHES: Matches = { verified: [], hidden: [] };

export function join(one: Matches, other: Matches): Matches {
  if (other === NO_MATCHES) return one;
  if (one === NO_MATCHES) return other;
  return { verified: [...one.verified, ...other.verified], hidden: [...one.hidden, ...other.hidden] };
}

export function fromVerified(verified: readonly VerifiedMatch[]): Matches {
  return verified.length === 0 ? NO_MATCHES : { verified, hidden: verified.map(wholeSpan) };
}

/** A match with its instance prefix and the characters that touch its end. */
function wholeSpan({ start, end, instance, runEnd }: VerifiedMatch): Span {
  return { start: instance?.start ?? start, end: runEnd ?? end };
}

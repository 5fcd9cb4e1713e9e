/** The matches of a layer at one or several places. */

import type { Span } from '../../model/region.ts';
import type { Text } from '../encodings/encoding.ts';
import { invisibleAt } from '../encodings/invisible.ts';
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

/**
 * Decoded matches without those that only continue a match of the text itself behind an invisible character: what is there may be
 * another word, and a text that holds a whole credential is believed.
 */
export function withoutContinued(decoded: Matches, own: Matches, { bytes }: Text): Matches {
  if (own.verified.length === 0 || decoded === NO_MATCHES) return decoded;
  const ended = own.verified.filter(({ end }) => invisibleAt(bytes, end) > 0);
  if (ended.length === 0) return decoded;
  const verified = decoded.verified.filter(
    ({ start, form, rule }) =>
      !ended.some((match) => match.start === start && match.form === form && match.rule === rule),
  );
  const overlapsAny = (span: Span, others: readonly Span[]): boolean =>
    others.some(({ start, end }) => span.start < end && start < span.end);
  const hidden = decoded.hidden.filter((span) => !overlapsAny(span, ended) || overlapsAny(span, verified));
  return { verified, hidden };
}

/** A match with its instance prefix and the characters that touch its end. */
function wholeSpan({ start, end, instance, runEnd }: VerifiedMatch): Span {
  return { start: instance?.start ?? start, end: runEnd ?? end };
}

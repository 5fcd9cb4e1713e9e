/** Matches in decoded bytes, at their places in the text that the bytes were decoded from. */

import type { Span } from '../../model/region.ts';
import type { DecodedRun } from '../encodings/decoded-run.ts';
import type { Encoding } from '../encodings/encoding.ts';
import type { Rejection, VerifiedMatch } from '../verify/verified-match.ts';
import { type Matches, NO_MATCHES } from './matches.ts';

export function toOuterPlaces(matches: Matches, run: DecodedRun, encoding: Encoding): Matches {
  const { verified, hidden } = withoutOtherWords(matches, run, encoding);
  const isMatch = (span: Span): boolean => verified.some(({ start, end }) => span.start < end && start < span.end);
  const kept = hidden.filter((span) => isMatch(span) || encoding.hidesNearMiss?.(run.stylesOf(span)) !== false);
  if (verified.length === 0 && kept.length === 0) return NO_MATCHES;
  const toOuter = (match: VerifiedMatch): VerifiedMatch => ({
    ...match,
    ...run.spanOf(match),
    ...(match.runEnd === undefined ? {} : { runEnd: run.spanOf({ start: match.start, end: match.runEnd }).end }),
    ...(match.instance === undefined ? {} : { instance: { ...match.instance, ...run.spanOf(match.instance) } }),
    encodings: [...namesIn(run, match, encoding), ...match.encodings],
    hints: match.hints.map((hint) => ({ ...hint, ...run.spanOf(hint) })),
  });
  return { verified: verified.map(toOuter), hidden: kept.map((span) => run.spanOf(span)) };
}

/** What touches a match belongs to another word if it hides no near miss; then it is not hidden. */
function withoutOtherWords(matches: Matches, run: DecodedRun, encoding: Encoding): Matches {
  if (encoding.hidesNearMiss === undefined) return matches;
  const isOther = ({ end, runEnd = end }: VerifiedMatch): boolean =>
    runEnd > end && encoding.hidesNearMiss?.(run.stylesOf({ start: end, end: runEnd })) === false;
  const cut = matches.verified.filter(isOther);
  if (cut.length === 0) return matches;
  return {
    verified: matches.verified.map((match) => (isOther(match) ? { ...match, runEnd: match.end } : match)),
    hidden: matches.hidden.map((span) => {
      const match = cut.find(({ start, runEnd }) => span.end === runEnd && span.start <= start);
      return match === undefined ? span : { start: span.start, end: match.end };
    }),
  };
}

export function toOuterRejection(rejection: Rejection, run: DecodedRun, encoding: Encoding): Rejection {
  const encodings = [...namesIn(run, rejection, encoding), ...rejection.encodings];
  return { ...rejection, ...run.spanOf(rejection), encodings };
}

function namesIn(run: DecodedRun, span: Span, encoding: Encoding): readonly string[] {
  return encoding.namesOf?.(run.stylesOf(span)) ?? [encoding.name];
}

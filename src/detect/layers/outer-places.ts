/** Matches in decoded bytes, at their places in the text that the bytes were decoded from. */

import type { Span } from '../../model/region.ts';
import type { DecodedRun } from '../encodings/decoded-run.ts';
import type { Encoding } from '../encodings/encoding.ts';
import type { Rejection, VerifiedMatch } from '../verify/verified-match.ts';
import { type Matches, NO_MATCHES } from './matches.ts';

export function toOuterPlaces({ verified, hidden }: Matches, run: DecodedRun, encoding: Encoding): Matches {
  if (verified.length === 0 && hidden.length === 0) return NO_MATCHES;
  const toOuter = (match: VerifiedMatch): VerifiedMatch => ({
    ...match,
    ...run.spanOf(match),
    ...(match.runEnd === undefined ? {} : { runEnd: run.spanOf({ start: match.start, end: match.runEnd }).end }),
    ...(match.instance === undefined ? {} : { instance: { ...match.instance, ...run.spanOf(match.instance) } }),
    encodings: [...namesIn(run, match, encoding), ...match.encodings],
    hints: match.hints.map((hint) => ({ ...hint, ...run.spanOf(hint) })),
  });
  return { verified: verified.map(toOuter), hidden: hidden.map((span) => run.spanOf(span)) };
}

export function toOuterRejection(rejection: Rejection, run: DecodedRun, encoding: Encoding): Rejection {
  const encodings = [...namesIn(run, rejection, encoding), ...rejection.encodings];
  return { ...rejection, ...run.spanOf(rejection), encodings };
}

function namesIn(run: DecodedRun, span: Span, encoding: Encoding): readonly string[] {
  return encoding.namesOf?.(run.stylesOf(span)) ?? [encoding.name];
}

/** A verified match in the window to a candidate: its region, its line with everything secret masked, its hints. */

import type { Places } from '../model/artifact.ts';
import type { Candidate, Evidence, Hint, Instance } from '../model/candidate.ts';
import type { Span } from '../model/region.ts';
import { COMMENT_REACH, inlineAllowAt } from './context/inline-allow.ts';
import { lineContext } from './context/line-context.ts';
import type { Regions } from './context/regions.ts';
import { narrow, type WideText } from './encodings/wide-text.ts';
import { JOB_LOG } from './overlap.ts';
import type { VerifiedMatch } from './verify/verified-match.ts';

/** Two lines: a comment that allows a candidate may be above it. */
export const COMMENTS = 2 * COMMENT_REACH;

/** The window as candidates are made from it. */
export interface WindowView {
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** Offset of the first byte. */
  readonly base: number;
  readonly wide: WideText | undefined;
  readonly places: Places | undefined;
  readonly regions: Regions;
  /** Spans that must not be shown, sorted; none overlaps another. */
  readonly masks: readonly Span[];
}

export function toCandidate(match: VerifiedMatch, view: WindowView): Candidate {
  const { base, masks, places, regions } = view;
  const shown = shownText(match, view);
  const hints = match.hints
    .filter(({ start, end }) => start >= 0 && !masks.some((mask) => mask.start < end && mask.end > start))
    .map(({ kind, value, start, end }): Hint => ({ kind, value, region: regions.regionOf({ start, end }) }));
  const isWhole = places?.isWhole(base + match.start, base + match.end) !== false;
  const isGuess = places?.isGuess(base + match.start) === true;
  // The end of one line is by chance before the beginning of the next: that makes it no instance prefix.
  const instance = isGuess && isWhole ? undefined : match.instance;
  const encodings = isWhole ? match.encodings : [JOB_LOG, ...match.encodings];
  const inlineAllow = inlineAllowAt(shown.bytes, shown.filled, shown.own, shown.masks);
  return {
    ruleId: match.rule.id,
    form: match.form,
    region: regions.regionOf(match),
    secret: match.secret,
    ...(instance === undefined ? {} : { instance: toInstance(instance, match.end, regions) }),
    ...(match.rule.isCustom === true ? { isCustom: true } : {}),
    ...(match.rule.parsedAs === undefined ? {} : { parsedAs: match.rule.parsedAs }),
    label: match.label,
    evidence: evidenceOf(match, view),
    lineContext: lineContext(shown.bytes, shown.filled, shown.own, shown.masks),
    ...(encodings.length === 0 ? {} : { encodings }),
    ...(hints.length === 0 ? {} : { hints }),
    ...(isGuess ? { isGuess } : {}),
    ...(inlineAllow === undefined ? {} : { inlineAllow }),
  };
}

/** The text around the match, one byte a character; `own` is the match in it. */
function shownText(match: Span, { bytes, filled, base, wide, masks }: WindowView) {
  if (wide === undefined) return { bytes, filled, own: match, masks };
  return narrow(bytes, base === 0 ? wide.skip : 0, filled, match, masks, wide, COMMENTS);
}

/** A character does not touch the match if the artifact has something between them that the view leaves out. */
function evidenceOf({ evidence, end, rule, form }: VerifiedMatch, { base, places }: WindowView): Evidence {
  if (evidence.touched !== true || places?.isWhole(base + end - 1, base + end + 1) !== false) return evidence;
  const { touched: _, ...alone } = evidence;
  return {
    ...alone,
    maxConfidence: rule.forms.find(({ name }) => name === form)?.maxConfidence ?? alone.maxConfidence,
  };
}

function toInstance(
  { start, prefix, isConfigured, whole }: NonNullable<VerifiedMatch['instance']>,
  end: number,
  regions: Regions,
): Instance {
  if (whole === undefined) return { prefix, isConfigured };
  return { prefix, isConfigured, whole: { secret: whole, region: regions.regionOf({ start, end }) } };
}

/** Notes about findings that are not reported as new: accepted, moved, hidden or known. */

import { firstOf, plural } from '../lib/format-amounts.ts';
import { atLeast, type Confidence } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import { type KnownLeak, knownLeak, keyOfLeak } from '../model/known-leak.ts';
import { isAccepted } from '../model/suppression.ts';
import { MOVED, type SelfSuppressions, type Suppressor } from './suppress.ts';

/** Places that one note lists. */
const NAMED = 5;

export function movedNotes(findings: readonly Finding[]): string[] {
  const moved = findings.filter(({ suppressions }) => suppressions.includes(MOVED));
  if (moved.length === 0) return [];
  const places = [...new Set(moved.map(({ artifact }) => artifact.uri))].slice(0, NAMED).join(', ');
  return [
    `this change only moves ${moved.length === 1 ? 'a secret that was' : `${moved.length} secrets that were`} here before: ${places}`,
  ];
}

/** Findings that the change itself accepts: its reviewers should know. */
export function selfSuppressionNotes(
  findings: readonly Finding[],
  selfSuppressions: SelfSuppressions | undefined,
): string[] {
  const accepted = findings.filter(({ suppressions }) => suppressions.some(({ addedByChange }) => addedByChange));
  if (accepted.length === 0 || selfSuppressions === undefined) return [];
  const places = [...new Set(accepted.map(({ artifact, regions }) => `${artifact.uri}:${regions[0].startLine}`))];
  const verdict = selfSuppressions === 'rejected' ? ', which is ignored (--new-suppressions fail)' : '';
  return [`this change itself accepts ${plural(accepted.length, 'finding')}${verdict}: ${firstOf(places, NAMED)}`];
}

/** Findings that a setting hides: a hook must not be silent about those. */
export function hiddenNotes(findings: readonly Finding[], minConfidence: Confidence): string[] {
  const hidden = findings.filter(
    (finding) =>
      atLeast(finding.confidence, 'likely') && !atLeast(finding.confidence, minConfidence) && !isAccepted(finding),
  );
  if (hidden.length === 0) return [];
  const verb = hidden.length === 1 ? 'is' : 'are';
  return [
    `${plural(hidden.length, 'finding')} below the minimum confidence (${minConfidence}) ${verb} not listed: --min-confidence likely lists them`,
  ];
}

export function knownNotes(known: readonly KnownLeak[]): string[] {
  if (known.length === 0) return [];
  const verb = known.length === 1 ? 'remains' : 'remain';
  return [
    `${plural(known.length, 'leak')} that earlier runs reported ${verb}: remove or accept (glaive accept); a run without --state lists all`,
  ];
}

/** Known leaks that this report does not list again, and that are not accepted today. */
export function remaining(
  { known = [], minConfidence }: { readonly known?: readonly KnownLeak[]; readonly minConfidence: Confidence },
  listed: readonly Finding[],
  suppressor: Suppressor,
): readonly KnownLeak[] {
  const again = new Set(listed.map((finding) => keyOfLeak(knownLeak(finding, undefined))));
  return known.filter(
    (leak) => !again.has(keyOfLeak(leak)) && atLeast(leak.confidence, minConfidence) && !suppressor.accepts(leak),
  );
}

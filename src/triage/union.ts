/** The findings of several passes with different rules: a finding of any of them is reported. */

import { CONFIDENCES } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';

/** One finding for each secret and place: one that is not accepted, then the most confident, then the first. */
export function unionOf(first: readonly Finding[], second: readonly Finding[]): readonly Finding[] {
  const union = new Map<string, Finding>();
  for (const finding of [...first, ...second]) {
    const key = `${finding.fingerprint} ${finding.artifact.kind}`;
    const known = union.get(key);
    if (known === undefined || beats(finding, known)) union.set(key, finding);
  }
  return [...union.values()];
}

function beats(a: Finding, b: Finding): boolean {
  if (isAccepted(a) !== isAccepted(b)) return isAccepted(b);
  return CONFIDENCES.indexOf(a.confidence) > CONFIDENCES.indexOf(b.confidence);
}

/** The rules of both, sorted by id. */
export function withRules(first: readonly Rule[], second: readonly Rule[]): readonly Rule[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !known.has(id))].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

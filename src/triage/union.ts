/** The findings of several passes with different rules: a finding of any of them is reported. */

import { compareText } from '../model/order.ts';
import { CONFIDENCES } from '../model/confidence.ts';
import { dropFinding, type OnDrop } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';

/** One finding for each secret and place: one that is not accepted, then the most confident, then the first. */
export function unionOf(passes: readonly (readonly Finding[])[], onDrop?: OnDrop): readonly Finding[] {
  const union = new Map<string, Finding>();
  for (const finding of passes.flat()) {
    const key = `${finding.fingerprint} ${finding.artifact.kind}`;
    const other = union.get(key);
    const kept = other === undefined || beats(finding, other) ? finding : other;
    union.set(key, kept);
    if (other === undefined || onDrop === undefined) continue;
    const { uri } = kept.artifact;
    dropFinding(onDrop, kept === other ? finding : other, { kind: 'same-secret', uri, region: kept.regions[0] });
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
  return [...first, ...second.filter(({ id }) => !known.has(id))].toSorted((a, b) => compareText(a.id, b.id));
}

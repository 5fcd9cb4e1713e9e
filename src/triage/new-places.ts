/** The candidates that a change adds: secrets that are there more often than before. */

import { bareFingerprint } from '../model/finding.ts';
import type { Candidate } from '../model/candidate.ts';
import { excerptOf } from './excerpt.ts';
import { triage, type TriageContext } from './triage.ts';

/**
 * For every secret as many places as were added. Their lines decide which ones: a line that was there before is not new.
 *
 * @param before the candidates of the earlier version
 */
export function newPlaces(
  candidates: readonly Candidate[],
  before: readonly Candidate[],
  context: TriageContext,
): readonly Candidate[] {
  if (before.length === 0) return candidates;
  const { suppressor: _suppressor, onDrop: _onDrop, ...plain } = context;
  const old = bySecret(before, plain);
  const places = new Set(
    [...bySecret(candidates, plain)].flatMap(([secret, now]) => {
      const then = old.get(secret) ?? [];
      const more = now.length - then.length;
      if (more <= 0) return [];
      if (then.length === 0) return now;
      const lines = then.map(lineOf);
      const changed = now.filter((place) => {
        const at = lines.indexOf(lineOf(place));
        if (at >= 0) lines.splice(at, 1);
        return at < 0;
      });
      return (changed.length < more ? now : changed).slice(-more);
    }),
  );
  return candidates.filter((candidate) => places.has(candidate));
}

/** Without placeholders. Those are kept as new, and dropped later. */
function bySecret(candidates: readonly Candidate[], context: TriageContext): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const [finding] = triage([candidate], NOWHERE, context);
    if (finding === undefined) continue;
    const key = bareFingerprint(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

const NOWHERE = { kind: 'stdin', uri: 'stdin' } as const;

/** The line with the secret masked; the offset in an artifact that is not text. */
function lineOf({ lineContext, label, region }: Candidate): string {
  return excerptOf(lineContext, label)?.text ?? String(region.byteOffset);
}

/**
 * Findings that people have accepted: by comments in the text, `[[allow]]` entries, or the baseline. A finding may be
 * accepted in several ways, and all of them are reported. So are entries that have expired or match nothing any more.
 */

import { firstOf } from '../lib/format-amounts.ts';
import { createPathMatcher } from '../lib/path-patterns.ts';
import type { Candidate } from '../model/candidate.ts';
import { type Finding, fingerprintsOf } from '../model/finding.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import { type AllowEntry, type BaselineEntry, isAccepted, type Suppression } from '../model/suppression.ts';

export interface Accepted {
  readonly allow: readonly AllowEntry[];
  readonly baseline: readonly BaselineEntry[];
  /** Whether comments in the scanned text may accept findings. */
  readonly inline: boolean;
  /**
   * For the scan of a change: whether its own comments and entries may accept its findings. They are reported either way.
   * Entries that the change adds are marked.
   */
  readonly selfSuppressions?: SelfSuppressions;
}

export type SelfSuppressions = 'accepted' | 'rejected';

export const NOTHING_ACCEPTED: Accepted = { allow: [], baseline: [], inline: true };

/** For a secret that the same change removes elsewhere. */
export const MOVED: Suppression = {
  kind: 'external',
  by: 'moved',
  justification: 'it was in another place before, and was moved',
};

/** The part of a finding that entries are matched against. */
type SuppressibleFinding = Pick<Finding, 'secretFingerprint' | 'other' | 'ruleId' | 'artifact'>;

export interface Suppressor {
  /** Every way in which a finding is accepted; empty when it is not. */
  suppressionsOf(finding: SuppressibleFinding, places: readonly Candidate[]): readonly Suppression[];
  /** Where the entry is written that accepts a finding; undefined for a comment, or if no entry accepts it. */
  entryFor(finding: SuppressibleFinding): string | undefined;
  /** Whether a leak that an earlier run reported is accepted today. */
  accepts(leak: KnownLeak): boolean;
  /** @param isComplete whether everything was scanned, so that entries without a match are stale */
  notes(isComplete: boolean): readonly string[];
}

/** Entries that one note lists. */
const NAMED = 10;

/**
 * @param now decides which entries have expired; an entry is valid up to the end of its last day, UTC
 * @param redact masks secrets in the reasons that people wrote
 */
export function createSuppressor(
  { allow, baseline, inline: countsInline, selfSuppressions }: Accepted,
  now: Date,
  redact: (text: string) => string,
): Suppressor {
  const today = now.toISOString().slice(0, 10);
  const hasExpired = ({ expires }: { readonly expires?: string }): boolean => expires !== undefined && expires < today;
  const known = new Map(
    baseline.filter((entry) => !hasExpired(entry)).map((entry) => [entry.secretFingerprint, entry]),
  );
  const tests = allow.filter((entry) => !hasExpired(entry)).map((entry) => [entry, createTest(entry)] as const);
  const used = new Set<string>();

  const changeMark = (isByChange: boolean | undefined): Pick<Suppression, 'addedByChange' | 'status'> =>
    isByChange === true
      ? { addedByChange: true, ...(selfSuppressions === 'rejected' ? { status: 'rejected' } : {}) }
      : {};

  return {
    suppressionsOf(finding, places) {
      const suppressions: Suppression[] = [];
      const inline = countsInline ? allowedInline(finding.ruleId, places) : undefined;
      if (inline !== undefined)
        suppressions.push({
          kind: 'inSource',
          by: 'inline',
          justification: redact(inline),
          ...changeMark(selfSuppressions !== undefined),
        });
      for (const [entry, test] of tests) {
        if (test(finding))
          suppressions.push({
            kind: 'external',
            by: 'allow',
            justification: redact(entry.reason),
            ...changeMark(entry.addedByChange),
          });
      }
      const entry = fingerprintsOf(finding).flatMap((each) => known.get(each) ?? [])[0];
      if (entry !== undefined) {
        used.add(entry.secretFingerprint);
        suppressions.push({
          kind: 'external',
          by: 'baseline',
          justification: redact(entry.reason),
          ...changeMark(entry.addedByChange),
        });
      }
      // If it is accepted by older entries, those of the change do not matter.
      return isAccepted({ suppressions })
        ? suppressions.filter((each) => isAccepted({ suppressions: [each] }))
        : suppressions;
    },
    entryFor(finding) {
      const [entry] = tests.find(([, test]) => test(finding)) ?? [];
      if (entry !== undefined) return entry.origin;
      const [line] = fingerprintsOf(finding).flatMap((each) => known.get(each) ?? []);
      return line && `baseline, ${describeEntry(line)}`;
    },
    accepts({ secretFingerprint, ruleId, kind, uri, isAllowedInline }) {
      if (isAllowedInline === true && countsInline) return true;
      const leak = { secretFingerprint, ruleId, artifact: { kind, uri } };
      const counts = ({ addedByChange }: AllowEntry | BaselineEntry): boolean =>
        addedByChange !== true || selfSuppressions !== 'rejected';
      const entry = known.get(secretFingerprint);
      return (entry !== undefined && counts(entry)) || tests.some(([allowed, test]) => counts(allowed) && test(leak));
    },
    notes(isComplete) {
      const expired = [
        ...baseline.filter(hasExpired).map((entry) => `${describeEntry(entry)}, on ${entry.expires}`),
        ...allow.filter(hasExpired).map((entry) => `${entry.origin}, on ${entry.expires}`),
      ];
      const stale = isComplete
        ? [...known.values()].filter((entry) => entry.from === undefined && !used.has(entry.secretFingerprint))
        : [];
      return [
        ...note(expired, 'accepted entry has expired', 'accepted entries have expired'),
        ...note(
          stale.map(describeEntry),
          'stale baseline entry, whose leak is no longer found',
          'stale baseline entries, whose leaks are no longer found',
        ),
      ].map(redact);
    },
  };
}

function describeEntry({ secretFingerprint, path }: BaselineEntry): string {
  return `${secretFingerprint.slice(0, 12)} (${path})`;
}

function note(items: readonly string[], one: string, many: string): string[] {
  if (items.length === 0) return [];
  return [`${items.length} ${items.length === 1 ? one : many}: ${firstOf(items, NAMED)}`];
}

function createTest({ secret, rule, path }: AllowEntry): (finding: SuppressibleFinding) => boolean {
  const matchesPath = path === undefined ? undefined : createPathMatcher([path]);
  return (finding) =>
    (secret === undefined || fingerprintsOf(finding).includes(secret)) &&
    (rule === undefined || rule === finding.ruleId) &&
    (matchesPath === undefined || (finding.artifact.kind === 'file' && matchesPath(finding.artifact.uri)));
}

/** The reason, if a comment allows every place of the finding. One place without a comment is enough to report it. */
function allowedInline(ruleId: string, places: readonly Candidate[]): string | undefined {
  const reasons = places.map(({ inlineAllow }) =>
    inlineAllow !== undefined && (inlineAllow.rules.length === 0 || inlineAllow.rules.includes(ruleId))
      ? inlineAllow.reason
      : undefined,
  );
  return reasons.includes(undefined) ? undefined : (reasons.find((reason) => reason !== '') ?? '');
}

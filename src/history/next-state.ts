/** The state that a scan of a history leaves for the next one. */

import { areSame, idsInBoth, idsOf, idsOfBoth, idsWithout, noIds } from '../git/id-sets.ts';
import type { SortedIds } from '../git/sorted-ids.ts';
import { bareFingerprint, type Finding } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import { keyOfLeak, knownLeak, type KnownLeak } from '../model/known-leak.ts';
import type { Report } from '../model/report.ts';
import type { RepositoryIdentity } from './identity.ts';
import type { ScannedObjects } from './scanned-objects.ts';
import { type HistoryState, writeState } from './state.ts';

/** A finished scan, and the state that it began with. */
export interface ScannedHistory {
  readonly report: Report;
  /** The ids of all objects that the scan is for. */
  readonly ids: SortedIds;
  /** Those that were scanned by this run, or were to be. */
  readonly objects: ScannedObjects;
  /** Secret fingerprints by the blobs that hold them; undefined: the scan ended before it knew which commits have them. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** As they were found, object by object. */
  readonly findings: readonly Finding[];
  /** What remains of the state of earlier runs. */
  readonly before: HistoryState | undefined;
  /** The state as it was read; undefined where there was none. */
  readonly stored: HistoryState | undefined;
  readonly rules: string;
  /** As in a state. */
  readonly borrowed: string;
  readonly identity: RepositoryIdentity;
}

/** A state that is not written yet. */
export interface NextState {
  readonly state: HistoryState;
  /** Whether it is the one that the scan began with. */
  readonly isSame: boolean;
  /** Replaces the file as a whole. @throws GlaiveError */
  write(path: string): Promise<void>;
}

/** The next state; undefined if the scan does not count. One that was cut short does, for the objects that it has scanned. */
export function nextState(scanned: ScannedHistory): NextState | undefined {
  const { report, stored, before, identity, rules, objects } = scanned;
  const isAttributed = scanned.found !== undefined;
  const isCut = report.gaps.some(({ kind }) => CUTS.has(kind));
  if (!areOfObjects(report.gaps) || (!isAttributed && !isCut)) return undefined;
  const { found, again, pending } =
    scanned.found === undefined ? unattributed(scanned) : { ...NONE, found: scanned.found };
  const left = idsOfBoth(objects.left(), idsOf([...again, ...objectsOf(report.gaps)]));
  const ids = idsWithout(scanned.ids, left);
  const state: HistoryState = {
    ids,
    suspects: idsInBoth(idsOfBoth(before?.suspects ?? noIds(), objects.suspects()), ids),
    skipped: idsInBoth(idsOfBoth(before?.skipped ?? noIds(), objects.skipped()), ids),
    // The history of a tip counts as scanned. It is not, where an object was not read or the clone is shallow.
    tips: left.length === 0 && !identity.isShallow ? identity.tips : [],
    found,
    pending,
    leaks: isAttributed ? leaksAfter(before?.leaks ?? [], report.findings) : (before?.leaks ?? []),
    identity: { commits: identity.commits, places: identity.places },
    borrowed: left.length === 0 ? scanned.borrowed : '',
  };
  return {
    state,
    isSame:
      stored !== undefined &&
      areSame(ids, stored.ids) &&
      areSame(state.suspects, stored.suspects) &&
      areSame(state.skipped, stored.skipped) &&
      state.borrowed === stored.borrowed &&
      state.tips.join() === stored.tips.join() &&
      state.identity.commits.join() === stored.identity.commits.join() &&
      pending.join() === stored.pending.join() &&
      JSON.stringify(state.leaks) === JSON.stringify(stored.leaks),
    write: (path) => writeState(path, state, rules),
  };
}

/** The leaks that remain, and those of this run that the next one will not scan again. */
function leaksAfter(before: readonly KnownLeak[], findings: readonly Finding[]): KnownLeak[] {
  const leaks = new Map(before.map((leak) => [keyOfLeak(leak), leak]));
  for (const finding of findings) {
    const { artifact, introduction } = finding;
    const isBlob = artifact.kind === 'file' || artifact.kind === 'object';
    // A blob is recognised by its secrets. Names of refs and git's own files are scanned by every run.
    const holder = isBlob ? undefined : (artifact.commit ?? artifact.blob ?? introduction?.commit);
    if (isBlob && artifact.blob === undefined) continue;
    if (!isBlob && holder === undefined) continue;
    const leak = knownLeak(finding, holder);
    leaks.set(keyOfLeak(leak), leak);
  }
  return [...leaks.values()];
}

const NONE = { again: [] as readonly string[], pending: [] as readonly string[] };

/**
 * Findings without their commits. The next scan finds each secret again in one object, which gives it all it needs to list the secret:
 * reading all versions again, with every scan that is cut short, would leave no time for the rest.
 */
function unattributed({ findings, before }: ScannedHistory): Pick<HistoryState, 'found' | 'pending'> & {
  readonly again: readonly string[];
} {
  const found = new Map([...(before?.found ?? [])].map(([blob, secrets]) => [blob, new Set(secrets)]));
  const seen = new Set<string>();
  const again: string[] = [];
  for (const finding of findings) {
    const id = objectIn(finding.artifact.uri);
    if (id === undefined) continue;
    const secret = bareFingerprint(finding);
    const isBlob = finding.artifact.kind === 'object';
    if (!isBlob || !seen.has(secret)) again.push(id);
    if (!isBlob) continue;
    seen.add(secret);
    found.set(id, new Set([...(found.get(id) ?? []), secret]));
  }
  return { found, again, pending: [...new Set([...(before?.pending ?? []), ...seen])].toSorted() };
}

const CUTS: ReadonlySet<Gap['kind']> = new Set(['time-limit', 'interrupted']);

/** Whether each gap is an early end, a named object, or history that a shallow clone does not have: a later run scans what is left. */
function areOfObjects(gaps: readonly Gap[]): boolean {
  return gaps.every(
    (gap) =>
      CUTS.has(gap.kind) ||
      (gap.kind !== 'too-many-findings' &&
        ((gap.kind === 'history' && gap.uri === undefined) || objectsOf([gap]).length > 0)),
  );
}

/** The objects that could not be scanned: the next run must scan them. */
function objectsOf(gaps: readonly Gap[]): string[] {
  return gaps.flatMap(({ uri = '' }) => objectIn(uri) ?? []);
}

/** The id of the object that a URI of this scan names. */
function objectIn(uri: string): string | undefined {
  return /^(?:object|commit|tag)\/([0-9a-f]{40,64})\b/.exec(uri)?.[1];
}

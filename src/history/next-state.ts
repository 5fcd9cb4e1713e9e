/** The state that a scan of a history leaves for the next one. */

import type { Finding } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import { keyOfLeak, knownLeak, type KnownLeak } from '../model/known-leak.ts';
import type { Report } from '../model/report.ts';
import type { RepositoryIdentity } from './identity.ts';
import { type HistoryState, withoutIds, writeState } from './state.ts';

/** A finished scan, and the state that it began with. */
export interface ScannedHistory {
  readonly report: Report;
  /** The ids of all objects, sorted lines. */
  readonly ids: Buffer;
  /** Secret fingerprints by the blobs that hold them. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
  /** Leaks of earlier runs that remain. */
  readonly leaks: readonly KnownLeak[];
  /** The state as it was read; undefined where there was none. */
  readonly stored: HistoryState | undefined;
  readonly rules: string;
  readonly identity: RepositoryIdentity;
}

/** A state that is not written yet. */
export interface NextState {
  /** Whether it is the one that the scan began with. */
  readonly isSame: boolean;
  /** Replaces the file as a whole. @throws GlaiveError */
  write(path: string): Promise<void>;
}

/** The next state; undefined if the scan does not count as done. */
export function nextState(scanned: ScannedHistory): NextState | undefined {
  const { report, stored, found, identity, rules } = scanned;
  if (!areOfObjects(report.gaps)) return undefined;
  const { commits, places } = identity;
  const unread = new Set(objectsOf(report.gaps));
  const ids = withoutIds(scanned.ids, unread);
  const leaks = leaksAfter(scanned.leaks, report.findings);
  // The history of a tip counts as scanned. It is not, where an object was not read or the clone is shallow.
  const tips = unread.size === 0 && !identity.isShallow ? identity.tips : [];
  return {
    isSame:
      stored !== undefined &&
      ids.equals(stored.ids) &&
      tips.join() === stored.tips.join() &&
      commits.join() === stored.identity.commits.join() &&
      JSON.stringify(leaks) === JSON.stringify(stored.leaks),
    write: (path) => writeState(path, ids, { rules, identity: { commits, places }, tips, leaks, found }),
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

/** Whether each gap is a named object, or history that a shallow clone does not have: a later run scans either as new. */
function areOfObjects(gaps: readonly Gap[]): boolean {
  return gaps.every(
    (gap) =>
      gap.kind !== 'time-limit' &&
      gap.kind !== 'interrupted' &&
      gap.kind !== 'too-many-findings' &&
      ((gap.kind === 'history' && gap.uri === undefined) || objectsOf([gap]).length > 0),
  );
}

/** The objects that could not be scanned: the next run must scan them. */
function objectsOf(gaps: readonly Gap[]): string[] {
  return gaps.flatMap(({ uri = '' }) => /^(?:object|commit|tag)\/([0-9a-f]{40,64})\b/.exec(uri)?.[1] ?? []);
}

/** What several reports say about one finding. The result does not depend on the order in which they are read. */

import { severityOf } from '../../triage/rating.ts';
import type { TokenStatus } from '../../model/token-status.ts';
import type { ListedFinding } from './read-report.ts';
import { type FindingRow, type FindingStatus, type RepositoryRow, type RepositoryStatus, UNREACHED } from './rows.ts';

/** A finding, and when it was seen. */
export type Sighting = ListedFinding &
  Pick<FindingRow, 'firstSeen' | 'firstPlan' | 'lastSeen' | 'lastPlan' | 'lastGeneration'>;

/** @param plan the id of the plan whose sweep has found it @param generation of the report */
export function sighting(listed: ListedFinding, plan: string, generation: number): Sighting {
  const at = listed.listedAt;
  return { ...listed, firstSeen: at, firstPlan: plan, lastSeen: at, lastPlan: plan, lastGeneration: generation };
}

/** Both have the same identity. */
export function together(a: Sighting, b: Sighting): Sighting {
  const values = isAfter(a, b) ? a : b;
  const checked = isCheckedAfter(a, b) ? a : b;
  const first = a.firstSeen <= b.firstSeen ? a : b;
  const last = a.lastSeen >= b.lastSeen ? a : b;
  const seen = {
    firstSeen: first.firstSeen,
    firstPlan: first.firstPlan,
    lastSeen: last.lastSeen,
    lastPlan: last.lastPlan,
    lastGeneration: Math.max(a.lastGeneration, b.lastGeneration),
  };
  return checked.checkedAt === undefined ? { ...values, ...seen } : { ...withStatus(values, checked), ...seen };
}

/** When, by which plan, and in the report of which generation. */
export interface SeenAgain {
  readonly at: string;
  readonly plan: string;
  readonly generation: number;
}

/** It was not listed again, but is still there. */
export function seenAgain(found: Sighting, { at, plan, generation }: SeenAgain): Sighting {
  const lastGeneration = Math.max(generation, found.lastGeneration);
  return at > found.lastSeen
    ? { ...found, lastSeen: at, lastPlan: plan, lastGeneration }
    : { ...found, lastGeneration };
}

/** The response of the issuer. */
export type Checked = Pick<FindingRow, 'tokenStatus' | 'tokenStatusReason' | 'checkedAt'>;

/** The finding with a response, and the severity that follows from it. */
export function withStatus<T extends ListedFinding>(
  found: T,
  { tokenStatus, tokenStatusReason, checkedAt }: Checked,
): T {
  const status = { state: tokenStatus, reason: tokenStatusReason ?? 'not checked' } as TokenStatus; // as the report had it
  const { tokenStatusReason: _, checkedAt: __, ...rest } = found;
  return {
    ...rest,
    tokenStatus,
    ...(tokenStatusReason === undefined ? {} : { tokenStatusReason }),
    ...(checkedAt === undefined ? {} : { checkedAt }),
    severity: severityOf(found.risk, status),
  } as T;
}

/** Two reports of the same moment differ by their text, so that the order of reading does not matter. */
function isAfter(a: ListedFinding, b: ListedFinding): boolean {
  return a.listedAt === b.listedAt ? JSON.stringify(a.locator) > JSON.stringify(b.locator) : a.listedAt > b.listedAt;
}

/** Which response counts: the newer one. That an issuer could not say anything does not undo what it has said before. */
function isCheckedAfter(a: Checked, b: Checked): boolean {
  const [saysA, saysB] = [a.tokenStatus !== 'unknown', b.tokenStatus !== 'unknown'];
  if (saysA !== saysB) return saysA;
  return (a.checkedAt ?? '') > (b.checkedAt ?? '');
}

/** The one status of a finding. @param plan the id of the plan that is merged */
export function findingStatus(
  found: Sighting,
  repository: { readonly status: RepositoryStatus; readonly listing?: RepositoryRow['listing'] },
  plan: string,
): FindingStatus {
  if (found.tokenStatus === 'inactive') return 'fixed';
  if (found.tokenStatus === 'active') return 'active';
  // A sweep that ended at its time limit has found something nevertheless.
  if (UNREACHED.has(repository.status) && found.lastPlan !== plan) return 'stale';
  if (isPruned(found, repository.listing)) return 'no-longer-stored';
  if (found.firstPlan === plan) return 'new';
  return found.inHead === false ? 'gone-from-head' : 'known';
}

/**
 * Whether a newer report lists everything, and not this. Generations are exact, but begin again where a state was lost; times are not, but
 * go on. Only if both agree it is gone.
 */
function isPruned({ lastSeen, lastGeneration }: Sighting, listing: RepositoryRow['listing']): boolean {
  return listing !== undefined && lastGeneration < listing.generation && lastSeen <= listing.at;
}

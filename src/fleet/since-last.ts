/**
 * Which repositories have not changed since their last whole sweep (`--since-last`). The plans and attempts of earlier nights say when
 * that was, and what the repository was like: the digest in the plan was taken before the sweep, so nothing falls between.
 */

import * as v from 'valibot';
import { readOptionalFile } from '../lib/optional-file.ts';
import { GlaiveError } from '../model/errors.ts';
import { type Attempt, AttemptSchema } from './attempt.ts';
import { type PlanHead, type PlanItem, type PlanSource, readPlan, readPlanHead } from './plan.ts';
import { createResults, hasResult } from './results.ts';
import { attemptPath, planIds } from './store.ts';

export interface SinceLastOptions {
  readonly store: string;
  readonly source: PlanSource;
  readonly detection: string;
  readonly now: Date;
  /** Days after which a repository is swept though it looks unchanged; undefined: never. */
  readonly allEvery: number | undefined;
  /** Whether sweeps with new rules are spread over those days too. Otherwise new rules mean that everything is swept at once. */
  readonly spreadsRules: boolean;
  /** For a GitLab: when there was activity in a project, by key. On a disk the digests decide. */
  readonly activity?: ReadonlyMap<string, string>;
}

/** The last whole sweep of a repository. */
interface Sweep {
  readonly generation: number;
  /** When its plan was made: before the sweep. */
  readonly at: string;
  readonly refs: string | undefined;
  /** When the rules became other ones than it was made with. */
  readonly stale: string | undefined;
  readonly report: Attempt['report'];
  /** There was nothing to report on. */
  readonly isEmpty: boolean;
}

/** Marks what need not be swept. @throws GlaiveError */
export function markUnchanged(items: readonly PlanItem[], options: SinceLastOptions): PlanItem[] {
  const candidates = items.filter(
    ({ key, refs, nothing }) => nothing === undefined && (refs ?? options.activity?.get(key)),
  );
  const resultsOf = createResults(options.store);
  const sweeps = lastSweeps(new Set(candidates.map(({ key }) => key)), options);
  return items.map((item) => {
    const sweep = sweeps.get(item.key);
    // Its findings must be there still.
    if (sweep === undefined || !(sweep.isEmpty || hasResult(resultsOf(item.key), sweep))) return item;
    if (!isSame(item, sweep, options) || isDue(item.key, sweep, options)) return item;
    const { generation, at, stale } = sweep;
    return { ...item, unchanged: generation, sweptAt: at, ...(stale === undefined ? {} : { stale }) };
  });
}

const DAY = 86_400_000;
/** Milliseconds that the clocks of two machines may differ. */
const CLOCKS = 3_600_000;
/** GitLab notes activity with a delay of up to an hour, and not of every kind of push at once. Milliseconds. */
const OVERLAP = 2 * DAY;

function isSame({ key, refs }: PlanItem, sweep: Sweep, { activity }: SinceLastOptions): boolean {
  if (refs !== undefined) return refs === sweep.refs;
  const last = activity?.get(key);
  return last !== undefined && Date.parse(last) < Date.parse(sweep.at) - OVERLAP;
}

/** Whether it is swept anyway. Each repository has a day of its own in every period, so that not all have the same one. */
function isDue(key: string, { at, stale }: Sweep, { now, allEvery, spreadsRules }: SinceLastOptions): boolean {
  // The clock was wrong then, or is now: no time can be compared with that one.
  if (Date.parse(at) > now.getTime() + CLOCKS) return true;
  if (stale !== undefined && !spreadsRules) return true;
  if (allEvery === undefined) return false;
  if (allEvery === 0) return true;
  const today = dayOf(now);
  const isItsDay = today % allEvery === Number.parseInt(key.slice(0, 8), 16) % allEvery;
  // With new rules its day may be the one on which they came.
  const days = today - dayOf(new Date(stale ?? at));
  return days >= allEvery || (isItsDay && (stale !== undefined || days > 0));
}

function dayOf(time: Date): number {
  return Math.floor(time.getTime() / DAY);
}

/** So many plans are read at most: one a night. */
const PLANS_MAX = 60;

function lastSweeps(keys: ReadonlySet<string>, options: SinceLastOptions): Map<string, Sweep> {
  const { store, detection, spreadsRules, now } = options;
  const source = JSON.stringify(options.source);
  const sweeps = new Map<string, Sweep>();
  const waiting = new Set(keys);
  let read = 0;
  for (const id of planIds(store).toReversed()) {
    if (waiting.size === 0 || read === PLANS_MAX) break;
    const head = headOrNone(store, id);
    if (head === undefined || JSON.stringify(head.source) !== source) continue;
    const isStale = head.detection !== detection;
    if (isStale && !spreadsRules) break;
    read++;
    const seen = new Map(itemsOrNone(store, id).map((item) => [item.key, item]));
    for (const key of waiting) {
      const item = seen.get(key);
      const sweep = item === undefined ? undefined : sweepOf(item, head, store);
      if (sweep !== undefined) sweeps.set(key, isStale ? { ...sweep, stale: sweep.stale ?? now.toISOString() } : sweep);
      // What this plan does not have is new, or comes back after it was left out.
      if (item === undefined || sweep !== undefined) waiting.delete(key);
    }
  }
  return sweeps;
}

/** Undefined if nothing came of it in that plan: an earlier one counts then. */
function sweepOf(item: PlanItem, head: PlanHead, store: string): Sweep | undefined {
  const { key, refs, unchanged, sweptAt, stale } = item;
  if (unchanged !== undefined && sweptAt !== undefined)
    return { generation: unchanged, at: sweptAt, refs, stale, report: undefined, isEmpty: unchanged === 0 };
  const attempt = attemptOf(store, head.id, key);
  if (attempt?.outcome !== 'whole' && attempt?.outcome !== 'empty') return undefined;
  const { generation = 0, report, outcome } = attempt;
  return { generation, at: head.at, refs, stale: undefined, report, isEmpty: outcome === 'empty' };
}

/** A damaged file is no reason not to plan: the repository is swept. */
function attemptOf(store: string, plan: string, key: string): Attempt | undefined {
  try {
    const text = readOptionalFile(attemptPath(store, plan, key));
    const result = v.safeParse(AttemptSchema, JSON.parse(text ?? 'null'));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function headOrNone(store: string, id: string): PlanHead | undefined {
  try {
    return readPlanHead(store, id);
  } catch (error) {
    if (error instanceof GlaiveError) return undefined;
    throw error;
  }
}

function itemsOrNone(store: string, id: string): readonly PlanItem[] {
  try {
    return readPlan(store, id).items;
  } catch (error) {
    if (error instanceof GlaiveError) return [];
    throw error;
  }
}

/** How far a sweep is. It looks at the records of the tries only, so it is cheap while workers run. */

import { join } from 'node:path';
import { type Attempt, isDone, storedAttempt } from '../attempt.ts';
import { nameOf, type Plan, type PlanItem } from '../plan.ts';
import { createResults, type Results } from '../results.ts';
import { isFinished, isKnown } from '../select.ts';
import { indexPath, namesIn } from '../store.ts';
import { linesOf } from './lines.ts';
import { REPOSITORIES } from './fold.ts';

export interface Progress {
  readonly plan: string;
  readonly at: string;
  readonly planned: number;
  /** Swept in this plan, or nothing to do. */
  readonly done: number;
  readonly whole: number;
  readonly gaps: number;
  readonly unchanged: number;
  readonly nothing: number;
  readonly failed: number;
  /** Not tried yet. */
  readonly missing: number;
  readonly failures: readonly {
    readonly key: string;
    readonly name: string;
    readonly outcome: string;
    readonly tries: number;
    readonly reason?: string;
  }[];
  readonly withGaps: readonly { readonly key: string; readonly name: string; readonly reason?: string }[];
  /** The keys and names of some that are missing, in the order of the plan. */
  readonly missingItems: readonly { readonly key: string; readonly name: string }[];
  /** When the last try ended, and on which worker. */
  readonly last?: { readonly at: string; readonly worker: string };
  /** Workers whose last try ended less than {@link RECENT} before now, and how many tries they have ended. */
  readonly workers: readonly { readonly worker: string; readonly ended: number; readonly at: string }[];
  /** As of the last merge. */
  readonly oldestWhole?: { readonly key: string; readonly name: string; readonly at: string };
}

/** Minutes after which a worker without a result may have died. */
export const RECENT = 60;

/** @param now for what counts as recent @param redact masks secrets in names @throws the file system's error */
export function progressOf(
  store: string,
  { head, items }: Plan,
  now: Date,
  redact: (text: string) => string,
): Progress {
  const tried = triedKeys(store, head.id);
  const safeName = (item: PlanItem): string => redact(nameOf(item));
  const resultsOf = createResults(store);
  const counts = { whole: 0, gaps: 0, unchanged: 0, nothing: 0, failed: 0, missing: 0 };
  const failures: Progress['failures'][number][] = [];
  const withGaps: Progress['withGaps'][number][] = [];
  const missingItems: PlanItem[] = [];
  const workers = new Map<string, { worker: string; ended: number; at: string }>();
  let last: Attempt | undefined;
  for (const item of items) {
    const attempt = tried.has(item.key) ? storedAttempt(store, head.id, item.key) : undefined;
    const kind = kindOf(item, attempt, resultsOf(item.key));
    counts[kind]++;
    const named = (): { key: string; name: string } => ({ key: item.key, name: safeName(item) });
    if (kind === 'missing') missingItems.push(item);
    if (attempt === undefined || attempt === 'damaged') continue;
    const { reason, outcome, try: tries, worker, at } = attempt;
    const why = reason === undefined ? {} : { reason };
    if (kind === 'failed') failures.push({ ...named(), outcome, tries, ...why });
    if (kind === 'gaps') withGaps.push({ ...named(), ...why });
    if (last === undefined || at > last.at) last = attempt;
    const known = workers.get(worker) ?? { worker, ended: 0, at: '' };
    workers.set(worker, { worker, ended: known.ended + 1, at: at > known.at ? at : known.at });
  }
  const since = new Date(now.getTime() - RECENT * 60_000).toISOString();
  const oldest = oldestWhole(store);
  return {
    plan: head.id,
    at: head.at,
    planned: items.length,
    done: items.length - counts.failed - counts.missing,
    ...counts,
    failures,
    withGaps,
    missingItems: missingItems.map((item) => ({ key: item.key, name: safeName(item) })),
    ...(last === undefined ? {} : { last: { at: last.at, worker: last.worker } }),
    workers: [...workers.values()].filter(({ at }) => at >= since).toSorted((a, b) => (a.at < b.at ? 1 : -1)),
    ...(oldest === undefined ? {} : { oldestWhole: oldest }),
  };
}

function kindOf(
  item: PlanItem,
  attempt: Attempt | 'damaged' | undefined,
  results: Results | undefined,
): 'whole' | 'gaps' | 'unchanged' | 'nothing' | 'failed' | 'missing' {
  if (attempt === 'damaged') return 'missing';
  if (attempt === undefined) {
    if (!isKnown(item, results)) return 'missing';
    return item.nothing !== undefined ? 'nothing' : 'unchanged';
  }
  const { outcome } = attempt;
  if (!isDone(outcome)) return 'failed';
  if (!isFinished(attempt, results)) return 'missing';
  if (outcome === 'empty' || outcome === 'no-repository') return 'nothing';
  return outcome === 'gaps' || outcome === 'unchanged' ? outcome : 'whole';
}

function triedKeys(store: string, plan: string): Set<string> {
  const keys = new Set<string>();
  const folder = join(store, 'attempt', plan);
  for (const prefix of namesIn(folder))
    for (const name of namesIn(join(folder, prefix))) if (name.endsWith('.json')) keys.add(name.slice(0, -5));
  return keys;
}

/** Of the index, if there is one. */
function oldestWhole(store: string): Progress['oldestWhole'] {
  let oldest: Progress['oldestWhole'];
  for (const line of linesOf(indexPath(store, REPOSITORIES))) {
    // The file is glaive's own, and large: only the lines that may win are parsed.
    const [, at] = /"lastWhole":"([^"]{1,40})"/.exec(line) ?? [];
    if (at === undefined || (oldest !== undefined && at >= oldest.at)) continue;
    try {
      const { key, name, status } = JSON.parse(line) as Record<string, unknown>; // its own line
      if (status !== 'stale' && typeof key === 'string' && typeof name === 'string') oldest = { key, name, at };
    } catch {
      // A merge says what is wrong with it.
    }
  }
  return oldest;
}

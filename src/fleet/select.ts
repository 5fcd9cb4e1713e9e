/** Which repositories of a plan a worker sweeps, and which of them are left to do. */

import { type Attempt, isDone, type Outcome, readAttempt } from './attempt.ts';
import type { Plan, PlanItem } from './plan.ts';
import { createResults, hasResult, type Results } from './results.ts';
import { attemptPath, namesIn } from './store.ts';
import { dirname } from 'node:path';

export interface Part {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** The repositories of one part: as the plan was laid out, if it was for so many parts; else all of a network in the same part. */
export function itemsOfPart({ head, items }: Plan, { index, total }: Part): readonly PlanItem[] {
  if (head.shards === total) return items.filter(({ shard }) => shard === index);
  return items.filter(({ key, network }) => Number.parseInt((network ?? key).slice(0, 12), 16) % total === index - 1);
}

/**
 * The repositories that some words name: by key, path, folder or address.
 *
 * @returns the words that name none, besides
 */
export function itemsNamed(
  items: readonly PlanItem[],
  words: readonly string[],
): { readonly items: readonly PlanItem[]; readonly unknown: readonly string[] } {
  const byName = new Map<string, PlanItem>();
  for (const item of items)
    for (const name of [item.url, item.dir, item.path, item.key]) if (name !== undefined) byName.set(name, item);
  const found = words.map((word) => byName.get(word));
  return {
    items: [...new Set(found.filter((item) => item !== undefined))],
    unknown: words.filter((_, index) => found[index] === undefined),
  };
}

export interface Sorted {
  readonly left: readonly PlanItem[];
  /** Attempts of this plan that need no other one. */
  readonly done: readonly Attempt[];
  /** Known without a sweep. */
  readonly nothing: number;
}

/** Whether the plan knows the result without a sweep, and it is there. */
export function isKnown({ nothing, unchanged }: PlanItem, results: Results | undefined): boolean {
  if (nothing !== undefined) return true;
  return unchanged !== undefined && (unchanged === 0 || hasResult(results, { generation: unchanged }));
}

/** Whether an attempt needs no other one, and what it has found is there. */
export function isFinished(attempt: Attempt, results: Results | undefined): boolean {
  if (!isDone(attempt.outcome)) return false;
  return !FINDS.has(attempt.outcome) || hasResult(results, attempt);
}

/** Ends with a report. */
const FINDS: ReadonlySet<Outcome> = new Set(['whole', 'gaps']);

/** Finds what is left to do. If nothing is done yet, only the folders of attempts are listed. */
export function sortOut(items: readonly PlanItem[], store: string, plan: string): Sorted {
  const names = new Map<string, ReadonlySet<string>>();
  const hasAttempt = (key: string): boolean => {
    const folder = dirname(attemptPath(store, plan, key));
    let known = names.get(folder);
    if (known === undefined) names.set(folder, (known = new Set(namesIn(folder))));
    return known.has(`${key}.json`);
  };
  const resultsOf = createResults(store);
  const left: PlanItem[] = [];
  const done: Attempt[] = [];
  let nothing = 0;
  for (const item of items) {
    const attempt = hasAttempt(item.key) ? readAttempt(store, plan, item.key) : undefined;
    if (attempt === undefined && isKnown(item, resultsOf(item.key))) nothing++;
    else if (attempt !== undefined && isFinished(attempt, resultsOf(item.key))) done.push(attempt);
    else left.push(item);
  }
  return { left, done, nothing };
}

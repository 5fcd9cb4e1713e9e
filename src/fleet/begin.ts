/** What the sweep of a repository begins with. */

import { highestGeneration } from './generations.ts';
import { hasResult, isLost, readMark, resultsIn } from './results.ts';

/**
 * The generation that a sweep begins with. A state says "scanned" of what a report lists: without the report it is worth nothing, and
 * everything is scanned again.
 */
export function beginOf(store: string, key: string): { readonly generation: number; readonly why?: string } {
  const generation = highestGeneration(store, key);
  const results = resultsIn(store, key.slice(0, 2)).get(key);
  // The new report must be newer than all that does not count.
  const lost = results?.lost;
  if (lost !== undefined && isLost(results))
    return { generation: Math.max(generation, lost + 1), why: readMark(store, key, lost).reason };
  if (generation === 0 || hasResult(results, { generation })) return { generation };
  return { generation, why: 'the report of the last sweep is gone' };
}

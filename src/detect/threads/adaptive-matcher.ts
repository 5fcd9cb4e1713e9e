/** A matcher that begins in this thread and takes others in when the work turns out to be worth it. */

import type { Rule } from '../../model/rule.ts';
import type { Matcher } from '../matcher.ts';
import type { Threads } from './threaded-matcher.ts';

/**
 * Bytes that must have been looked at before threads are started. Their number of files says nothing: opening and
 * closing small ones takes longer than searching them, and handing them over costs more than it brings (PERFORMANCE.md).
 */
export const THREADS_THRESHOLD = 1024 * 1024 * 1024;

/** @param worth bytes; 0 starts them after the first input */
export function createAdaptiveMatcher(
  local: Matcher,
  rules: readonly Rule[],
  threads: Threads,
  worth: number,
): Matcher {
  let bytes = 0;
  let threaded: Matcher | undefined;

  return {
    get depth() {
      return threaded?.depth ?? 1;
    },
    async match(input, signal, progress) {
      if (threaded !== undefined) return await threaded.match(input, signal, progress);
      // Until then the scan waits for each input, so nothing else is on its way here.
      const result = await local.match(input, signal, progress);
      bytes += result.bytes;
      if (bytes >= worth) {
        // Loaded only when it is needed: most scans are small.
        const { createThreadedMatcher } = await import('./threaded-matcher.ts');
        threaded = createThreadedMatcher(local, rules, threads);
      }
      return result;
    },
    flush: () => threaded?.flush(),
    close: async () => await threaded?.close(),
  };
}

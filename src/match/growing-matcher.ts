/** A matcher that begins in this thread and takes others in when the work turns out to be worth it. */

import type { Rule } from '../model/rule.ts';
import type { Matcher } from './matcher.ts';
import type { Threads } from './threaded-matcher.ts';

/** What must have been looked at before threads are started: starting one costs as much as a thousand files. */
export interface Worth {
  readonly files: number;
  readonly bytes: number;
}

export const WORTH: Worth = { files: 3000, bytes: 256 * 1024 * 1024 };

export function createGrowingMatcher(local: Matcher, rules: readonly Rule[], threads: Threads, worth: Worth): Matcher {
  let files = 0;
  let bytes = 0;
  let threaded: Matcher | undefined;

  return {
    get depth() {
      return threaded?.depth ?? 1;
    },
    async match(input, signal) {
      if (threaded !== undefined) return await threaded.match(input, signal);
      // Until then the scan waits for each input, so nothing else is on its way here.
      const result = await local.match(input, signal);
      files++;
      bytes += result.bytes;
      if (files >= worth.files || bytes >= worth.bytes) {
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

/** Progress of what comes before a scan: `--fetch`, and the list of what there is to scan. */

import type { GitOptions } from '../git/spawn.ts';
import type { Io } from '../model/io.ts';
import type { ParsedArgs } from './args/parse.ts';
import { showProgress } from './progress.ts';

/**
 * Runs a task that fetches if `--fetch` is given, and shows the progress of git on standard error.
 *
 * @param listing what the task lists when it does not fetch, if that may take long
 */
export async function withFetchProgress<T>(
  args: ParsedArgs,
  io: Io,
  task: (onFetchProgress: GitOptions['onFetchProgress']) => Promise<T>,
  listing?: string,
): Promise<T> {
  if (args.has('quiet') || (!args.has('fetch') && listing === undefined)) return await task(undefined);
  const progress = showProgress(io, undefined);
  if (listing !== undefined) progress.phase(`listing ${listing}`);
  let current: string | undefined;
  try {
    if (!args.has('fetch')) return await task(undefined);
    return await task((step, percent) => {
      if (step !== current) progress.phase(`git fetch, ${step}`, 100);
      current = step;
      progress.reached(percent);
    });
  } finally {
    await progress.end();
  }
}

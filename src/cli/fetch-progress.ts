/** Progress of `--fetch`. */

import type { GitOptions } from '../git/spawn.ts';
import type { Io } from '../model/io.ts';
import type { ParsedArgs } from './args/parse.ts';
import { showProgress } from './progress.ts';

/** Runs a task that fetches if `--fetch` is given, and shows the progress of git on standard error. */
export async function withFetchProgress<T>(
  args: ParsedArgs,
  io: Io,
  task: (onFetchProgress: GitOptions['onFetchProgress']) => Promise<T>,
): Promise<T> {
  if (!args.has('fetch') || args.has('quiet')) return await task(undefined);
  const progress = showProgress(io, undefined);
  let current: string | undefined;
  try {
    return await task((step, percent) => {
      if (step !== current) progress.phase(`git fetch, ${step}`, 100);
      current = step;
      progress.reached(percent);
    });
  } finally {
    await progress.end();
  }
}

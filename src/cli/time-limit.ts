/** The time limit of a command: `--time-limit`, else that of the configuration. */

import type { Io } from '../model/io.ts';
import type { ParsedArgs } from './args/parse.ts';

/** 24 days; Node treats a longer delay as none. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A signal that aborts on Ctrl-C and when the time is up.
 *
 * @param configured seconds; the flag overrides them
 */
export function timeLimitSignal(
  args: ParsedArgs,
  configured: number | undefined,
  { signal }: Pick<Io, 'signal'>,
): AbortSignal {
  const seconds = args.value('time-limit') ?? configured;
  if (seconds === undefined) return signal;
  const timer = new AbortController();
  setTimeout(
    () => timer.abort(`the time limit of ${seconds} s was reached`),
    Math.min(seconds * 1000, LONGEST_TIMER),
  ).unref();
  return AbortSignal.any([signal, timer.signal]);
}

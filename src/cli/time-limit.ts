/** `--time-limit`, and what the configuration says of it. */

import type { Io } from '../model/io.ts';
import { type ParsedArgs, shown, usage } from './args/parse.ts';

/** 24 days; Node takes what is longer for no time at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Ends on Ctrl-C and when the time is up.
 *
 * @param configured seconds, where no flag says so
 * @throws GlaiveError
 */
export function timeLimitSignal(
  call: ParsedArgs,
  configured: number | undefined,
  { signal }: Pick<Io, 'signal'>,
): AbortSignal {
  const limit = call.value('time-limit');
  const seconds = limit === undefined ? configured : Number(limit);
  if (seconds === undefined) return signal;
  if (!(seconds > 0 && seconds < 1e7)) {
    throw usage(call.command, `--time-limit must be a number of seconds, not ${JSON.stringify(shown(limit ?? ''))}`);
  }
  const timer = new AbortController();
  setTimeout(
    () => timer.abort(`the time limit of ${seconds} s was reached`),
    Math.min(seconds * 1000, LONGEST_TIMER),
  ).unref();
  return AbortSignal.any([signal, timer.signal]);
}

/** Whether a call asks the servers that issue credentials. */

import { type ParsedArgs, usage } from '../args/parse.ts';

/** @throws GlaiveError for a `--fail-on` that only those servers can decide */
export function asksToVerify(args: ParsedArgs): boolean {
  if (args.has('verify')) return true;
  if (args.value('fail-on') === 'active') throw usage(args.command, '--fail-on active needs --verify');
  return false;
}

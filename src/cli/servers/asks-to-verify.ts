/** Whether a call asks the servers that issue credentials. */

import { type ParsedArgs, usage } from '../args/parse.ts';

/** @throws GlaiveError for a `--fail-on` that only those servers can decide */
export function asksToVerify(call: ParsedArgs): boolean {
  if (call.has('verify')) return true;
  if (call.value('fail-on') === 'active') throw usage(call.command, '--fail-on active needs --verify');
  return false;
}

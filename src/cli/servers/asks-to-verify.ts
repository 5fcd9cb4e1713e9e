/** Whether a call asks the issuers, and which flags mean nothing where it does not. */

import { NETWORK, VERIFYING } from '../args/command-table.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** @throws GlaiveError for flags that mean nothing without it */
export function asksToVerify(call: ParsedArgs): boolean {
  if (call.has('verify')) return true;
  const isRemote = call.has('project');
  const flag = [...VERIFYING, ...(isRemote ? [] : NETWORK)].find((name) => name !== 'offline' && call.has(name));
  const others =
    call.command === 'logs' && !isRemote && flag !== undefined && NETWORK.includes(flag) ? '--project or ' : '';
  if (flag !== undefined) throw usage(call.command, `--${flag} needs ${others}--verify`);
  if (call.value('fail-on') === 'active') throw usage(call.command, '--fail-on active needs --verify');
  return false;
}

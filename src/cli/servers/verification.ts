/** `--verify`: the servers that may be asked, glaive's own token, and the limits. */

import { HttpClient } from '../../http/http-client.ts';
import { JsonClient } from '../../http/json-client.ts';
import type { Server } from '../../http/server.ts';
import type { Io } from '../../model/io.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { createVerifyStage, type VerifyOptions, type VerifyStage } from '../../credentials/verification-stage.ts';
import { hourlyOf, onWaitOf, serversOf, tokenOf } from './gitlab-access.ts';
import { openNetwork } from './network-options.ts';
import { vaultOfEnvironment } from './vault-of-environment.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** @throws GlaiveError if no server is named */
export async function openVerifyStage(args: ParsedArgs, io: Io, signal: AbortSignal): Promise<VerifyStage> {
  return createVerifyStage(await verifyOptionsOf(args, io, signal));
}

/** @throws GlaiveError */
export async function verifyOptionsOf(args: ParsedArgs, io: Io, signal: AbortSignal): Promise<VerifyOptions> {
  const network = openNetwork(args, io);
  const clientFor = (server: Server): JsonClient =>
    new JsonClient(
      server,
      new HttpClient({ network, signal, requestsPerHour: hourlyOf(args), onWait: onWaitOf(args, io) }),
    );
  const vaults = vaultsOf(args, io).map(clientFor);
  const gitlabs = serversOf(args, io).map(clientFor);
  const [first] = gitlabs;
  // A Vault that only the environment names does not replace a GitLab that the user forgot to name.
  if (first === undefined && (args.values('vault-url').length === 0 || args.has('admin')))
    throw usage(
      args.command,
      'it needs to know which GitLab may be asked',
      'Name it: --gitlab-url https://gitlab.example.com (repeat it for several), or GLAIVE_GITLAB_URL. For tokens of Vault alone, name that: --vault-url.',
    );
  const token = first === undefined ? undefined : await tokenOf(args, io, first.server);
  if (args.has('admin') && token === undefined)
    throw usage(
      args.command,
      '--admin needs the token of an administrator',
      'Set GLAIVE_GITLAB_TOKEN, or choose another source: --token-from.',
    );
  return {
    gitlabs,
    vaults,
    allHosts: args.has('all-hosts'),
    allowSideEffects: args.has('allow-side-effects'),
    // It is for the first GitLab that was named, and is sent to no other.
    ...(first === undefined || token === undefined ? {} : { own: { client: first, token } }),
    useAdminApi: args.has('admin'),
    redact: createTextRedactor(),
    clock: io.clock,
    signal,
  };
}

function vaultsOf(args: ParsedArgs, io: Io): readonly Server[] {
  const named = args.values('vault-url');
  const own = named.length > 0 ? undefined : vaultOfEnvironment(io);
  return own === undefined ? named : [own];
}

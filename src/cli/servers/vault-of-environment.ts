/** The Vault that the environment names: by GitLab's variable for jobs, else by that of Vault's own programs. */

import { approveServer, type Server } from '../../http/server.ts';
import type { Io } from '../../model/io.ts';

/** @throws GlaiveError for an address that glaive may not contact */
export function vaultOfEnvironment({ env }: Pick<Io, 'env'>): Server | undefined {
  const name = env['VAULT_SERVER_URL'] ? 'VAULT_SERVER_URL' : 'VAULT_ADDR';
  const address = env[name] ?? '';
  return address === '' ? undefined : approveServer(address, name);
}

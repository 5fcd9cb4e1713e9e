/** Which of the approved servers are asked about a credential. Hosts in its context choose between them, and never add one. */

import type { JsonClient } from '../http/json-client.ts';

export interface Choice {
  /** Servers that the user approved. */
  readonly approved: readonly JsonClient[];
  /** Hosts or addresses found with the credential. */
  readonly hosts: readonly string[];
  readonly issuer: 'gitlab' | 'vault';
  readonly allHosts: boolean;
}

/** @returns the servers, and a sentence for the case that there are none */
export function chooseServers({ approved, hosts, issuer, allHosts }: Choice): {
  readonly clients: readonly JsonClient[];
  readonly why: string;
} {
  if (approved.length <= 1 || allHosts)
    return {
      clients: approved,
      why:
        issuer === 'vault'
          ? 'No Vault server is configured: set VAULT_SERVER_URL or --vault-url.'
          : 'No GitLab server is configured: set GLAIVE_GITLAB_URL or --gitlab-url.',
    };
  const named = new Set(hosts.map(hostOf));
  const why =
    hosts.length === 0
      ? 'No host was found next to it; --all-hosts asks every configured server.'
      : 'The host next to it is not one of the configured servers.';
  return { clients: approved.filter(({ server }) => named.has(hostOf(server))), why };
}

/** Host and port of an address with or without scheme; empty if it is invalid. */
function hostOf(address: string): string {
  const url = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).host : '';
}

/** GitLab and Vault. Nothing is sent to a server without `--online`. */

import { existsSync } from 'node:fs';
import { GitLabClient } from '../../../gitlab/client.ts';
import { ownToken, versionOf } from '../../../gitlab/own-token.ts';
import { ApiError } from '../../../http/api-error.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { FINE_GRAINED } from '../../../model/verification.ts';
import { serverOf, tokenOf } from '../../servers/gitlab-access.ts';
import { openNetwork } from '../../servers/network-options.ts';
import { vaultOfEnvironment } from '../../servers/vault-of-environment.ts';
import { type Check, note, ok, problem, problemOf, type Result, type Situation } from './check.ts';

/** Days before its end at which a token is a problem. */
const EXPIRES_SOON = 14;
const DAY = 24 * 60 * 60 * 1000;
const REQUESTS_PER_HOUR = 100;

export const gitlabCheck: Check = {
  name: 'gitlab',
  run: async ({ args, io }) => {
    if (!args.has('online')) return [];
    const server = serverOf(args, io);
    let token: string | undefined;
    try {
      token = await tokenOf(args, io, server);
    } catch (error) {
      if (error instanceof GlaiveError && error.code === 'usage') return [problemOf(error)];
      throw error;
    }
    const network = openNetwork(args, io);
    const client = new GitLabClient({
      network,
      server,
      token,
      signal: io.signal,
      requestsPerHour: REQUESTS_PER_HOUR,
      maxAttempts: 1,
    });
    try {
      const version = await versionOf(client);
      return [ok(`${server} answers: GitLab ${version}`), ...tokenResults(await ownToken(client), io.clock())];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return [failed(error, server, token !== undefined)];
    }
  },
};

function failed({ reason, message, status }: ApiError, server: string, hasToken: boolean): Result {
  if (reason === 'unauthorized' && !hasToken)
    return note(
      `${server} answers; without a token it says no more`,
      'Set GLAIVE_GITLAB_TOKEN, or name its source: --token-from',
    );
  if (reason === 'unauthorized')
    return problem(
      `${server} refuses glaive's own token: ${message} (${status})`,
      'It is expired, revoked, or belongs to another GitLab: create one with the scope read_api, or api for notes.',
    );
  if (reason === 'scope' || reason === 'granular' || reason === 'forbidden')
    return problem(
      `${server}: ${message} (${status})`,
      'Create a token with the scope read_api; notes in merge requests need api.',
    );
  if (reason === 'unreachable')
    return problem(
      `cannot reach ${server}: ${message}`,
      'Check the address, the network, and the proxy: --gitlab-url, --proxy, --ca-file.',
    );
  return problem(`${server}: ${message}`, 'Is this the address of a GitLab?');
}

function tokenResults({ scopes, expires }: Awaited<ReturnType<typeof ownToken>>, now: Date): Result[] {
  const list = scopes.join(', ');
  const days = expires === undefined ? undefined : Math.floor((Date.parse(expires) - now.getTime()) / DAY);
  const rights = scopes.includes('api')
    ? ok(`glaive's own token: scopes ${list}`)
    : scopes.includes('read_api')
      ? ok(
          `glaive's own token: scopes ${list}: enough for all but notes in merge requests and revocations, which need api`,
        )
      : scopes.includes(FINE_GRAINED)
        ? note("glaive's own token is fine-grained: GitLab does not list its permissions")
        : problem(
            `glaive's own token has only the scopes ${list}`,
            'Create one with read_api (job logs, checks) or api (notes, revocations).',
          );
  return [
    rights,
    ...(days === undefined || days > EXPIRES_SOON
      ? []
      : [
          problem(
            days < 0 ? `glaive's own token expired on ${expires}` : `glaive's own token expires on ${expires}`,
            'Rotate it, and renew the variable.',
          ),
        ]),
  ];
}

export const vaultCheck: Check = {
  name: 'vault',
  run: ({ io }: Situation) => {
    const { env } = io;
    const isUsed = (env['GLAIVE_GITLAB_TOKEN_FROM'] ?? '').startsWith('vault:');
    let server: string | undefined;
    try {
      server = vaultOfEnvironment(io);
    } catch (error) {
      if (error instanceof GlaiveError) return [problemOf(error)];
      throw error;
    }
    if (server === undefined)
      return isUsed
        ? [
            problem(
              'the token comes from Vault, and VAULT_SERVER_URL is not set',
              'Set it: VAULT_SERVER_URL=https://vault.example.com',
            ),
          ]
        : [];
    const jwt = env['VAULT_ID_TOKEN']?.trim() ?? '';
    const results: Result[] = [ok(`the Vault is ${server}`)];
    if (!isUsed && (env['GITLAB_CI'] ?? '') === '') return results;
    if (jwt === '')
      results.push(
        problem(
          'VAULT_ID_TOKEN is not set, so this job cannot sign in',
          `Give the job one:  id_tokens: { VAULT_ID_TOKEN: { aud: ${server} } }`,
        ),
      );
    else if (jwt.startsWith('/') ? !existsSync(jwt) : !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt))
      results.push(
        problem('VAULT_ID_TOKEN is neither a JWT nor a file', 'It must be the token that GitLab makes for id_tokens.'),
      );
    if ((env['VAULT_AUTH_ROLE'] ?? '') === '')
      results.push(note('VAULT_AUTH_ROLE is not set: the default role of the method applies'));
    return results;
  },
};

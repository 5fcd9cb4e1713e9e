/** A session with Vault or OpenBao: sign-in with the JWT of a CI job, requests, and the end of the session token. */

import { isRecord } from '../lib/is-record.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient, JsonRequest, JsonResponse } from '../http/json-client.ts';
import { dataOf, isBatchToken, isDeniedByPolicy, isUnknownToken } from './responses.ts';
import { accessFailure, connectionFailure, loginFailure } from './failures.ts';
import type { VaultLogin } from './login.ts';
import { apiPath, type SecretReference } from './reference.ts';
import { VaultError } from './vault-error.ts';

export interface VaultClients {
  /** Its requests end on Ctrl-C. */
  readonly interruptible: JsonClient;
  /** For the same server; its requests continue after Ctrl-C. */
  readonly uninterruptible: JsonClient;
}

/** Sends a request with the session's token. @throws VaultError if there is no response */
export type Send = (request: VaultRequest) => Promise<JsonResponse>;

export interface VaultRequest extends Pick<JsonRequest, 'method' | 'path' | 'json'> {
  /** Whether it continues after Ctrl-C. */
  readonly uninterruptible?: boolean;
}

/** Every function throws VaultError. */
export interface VaultSession {
  read(reference: SecretReference): Promise<string>;
  readonly send: Send;
  /** Revokes the session's token. Returns the reason of a failure, and never throws. */
  end(): Promise<string | undefined>;
}

/** @throws VaultError */
export async function openSession(clients: VaultClients, login: VaultLogin): Promise<VaultSession> {
  let token = await signIn(clients.interruptible, login);
  const sendWith = async (client: JsonClient, request: JsonRequest): Promise<JsonResponse> =>
    await sendRequest(client, { ...request, headers: { ...headersOf(login), 'x-vault-token': token } });

  return {
    async read(reference) {
      const response = await sendWith(clients.interruptible, { path: apiPath(reference) });
      if (response.status !== 200) throw accessFailure(response, reference, login, 'read');
      const data = secretOf(response, reference);
      if (data === undefined) throw new VaultError('the secret is empty', 'Check its versions: vault kv metadata get');
      if (!Object.hasOwn(data, reference.field))
        throw new VaultError(
          `the secret has no field ${JSON.stringify(reference.field)}`,
          'The field is the last part of the short form, or --field; upper and lower case matter.',
        );
      const value = data[reference.field];
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    async send({ uninterruptible = false, ...request }) {
      const client = uninterruptible ? clients.uninterruptible : clients.interruptible;
      const response = await sendWith(client, request);
      if (!isUnknownToken(response)) return response;
      // The session token has expired, or has no uses left.
      token = await signIn(client, login);
      return await sendWith(client, request);
    },
    async end() {
      // Batch tokens cannot be revoked.
      if (isBatchToken(token)) return undefined;
      try {
        const response = await sendWith(clients.uninterruptible, {
          method: 'POST',
          path: '/v1/auth/token/revoke-self',
        });
        if (response.status === 200 || response.status === 204 || isUnknownToken(response)) return undefined;
        return isDeniedByPolicy(response)
          ? 'no policy of the role allows "update" on auth/token/revoke-self'
          : `HTTP ${response.status}`;
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        return error.message;
      }
    },
  };
}

/** The fields of a secret in the response to a read. */
export function secretOf(response: JsonResponse, { engine }: SecretReference): Record<string, unknown> | undefined {
  const outer = dataOf(response);
  const data = engine === 'kv-v2' ? outer?.['data'] : outer;
  return isRecord(data) ? data : undefined;
}

async function signIn(client: JsonClient, login: VaultLogin): Promise<string> {
  const path = `/v1/auth/${login.authPath.split('/').map(encodeURIComponent).join('/')}/login`;
  const json = { jwt: login.jwt, ...(login.role === undefined ? {} : { role: login.role }) };
  const response = await sendRequest(client, { method: 'POST', path, json, headers: headersOf(login) });
  const { auth } = response.fields;
  const token = isRecord(auth) ? auth['client_token'] : undefined;
  if (response.status !== 200) throw loginFailure(response, login);
  if (typeof token !== 'string' || !/^[\x21-\x7e]{4,4096}$/.test(token))
    throw new VaultError(
      'the response to the sign-in contains no token',
      'Check that VAULT_SERVER_URL is the address of a Vault.',
    );
  return token;
}

const headersOf = ({ namespace }: VaultLogin): Record<string, string> => ({
  'x-vault-request': 'true',
  ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
});

async function sendRequest(client: JsonClient, request: JsonRequest): Promise<JsonResponse> {
  try {
    return await client.request({ ...request, acceptsErrorStatus: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw connectionFailure(error, client.host);
  }
}

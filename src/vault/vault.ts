/** One sign-in to Vault or OpenBao, as a CI job does it: with the job's JWT. It reads, it is where writing begins, and it ends. */

import { isRecord } from '../lib/is-record.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient, JsonRequest, JsonResponse } from '../http/json-client.ts';
import { dataOf, isBatchToken, isDeniedByPolicy, isUnknownToken } from './answers.ts';
import { accessFailure, connectionFailure, loginFailure } from './failures.ts';
import { apiPath, type SecretReference } from './reference.ts';
import { VaultError } from './vault-error.ts';

export interface VaultLogin {
  readonly jwt: string;
  /** Absent: the server's default role. */
  readonly role: string | undefined;
  /** Where the JWT method is mounted. */
  readonly authPath: string;
  readonly namespace: string | undefined;
}

export interface VaultClients {
  /** Is broken off when the user wants to stop. */
  readonly interruptible: JsonClient;
  /** The same server, for what is brought to its end also after Ctrl-C. */
  readonly steady: JsonClient;
}

/** What is asked with the session's token. @throws VaultError when there is no answer */
export type Ask = (request: Pick<JsonRequest, 'method' | 'path' | 'json'>, isSteady?: boolean) => Promise<JsonResponse>;

/** One sign-in. @throws VaultError, all of its functions: what is wrong, and what to do */
export interface VaultSession {
  read(reference: SecretReference): Promise<string>;
  readonly ask: Ask;
  /** Makes its token useless. Why that failed; it never throws. */
  end(): Promise<string | undefined>;
}

/** @throws VaultError */
export async function openSession(servers: VaultClients, login: VaultLogin): Promise<VaultSession> {
  let token = await signIn(servers.interruptible, login);
  const send = async (probe: JsonClient, request: Parameters<Ask>[0]): Promise<JsonResponse> =>
    await askAny(probe, { ...request, headers: { ...headersOf(login), 'x-vault-token': token } });

  return {
    async read(reference) {
      const reply = await send(servers.interruptible, { path: apiPath(reference) });
      if (reply.status !== 200) throw accessFailure(reply, reference, login, 'read');
      const data = secretOf(reply, reference);
      if (data === undefined)
        throw new VaultError('there is nothing in the secret', 'Look at its versions: vault kv metadata get.');
      if (!Object.hasOwn(data, reference.field))
        throw new VaultError(
          `the secret has no field ${JSON.stringify(reference.field)}`,
          'The field is the last part of the short form, or --field; it is written as in Vault, upper and lower case.',
        );
      const value = data[reference.field];
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    async ask(request, isSteady = false) {
      const probe = isSteady ? servers.steady : servers.interruptible;
      const reply = await send(probe, request);
      if (!isUnknownToken(reply)) return reply;
      // It has expired, or its uses are over.
      token = await signIn(probe, login);
      return await send(probe, request);
    },
    async end() {
      // Such a token ends by itself, and there is no other way.
      if (isBatchToken(token)) return undefined;
      try {
        const reply = await send(servers.steady, { method: 'POST', path: '/v1/auth/token/revoke-self' });
        if (reply.status === 200 || reply.status === 204 || isUnknownToken(reply)) return undefined;
        return isDeniedByPolicy(reply)
          ? 'no policy of the role allows "update" on auth/token/revoke-self'
          : `it answered with ${reply.status}`;
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        return error.message;
      }
    },
  };
}

/** The fields of a secret, in the answer to a read. */
export function secretOf(reply: JsonResponse, { engine }: SecretReference): Record<string, unknown> | undefined {
  const outer = dataOf(reply);
  const data = engine === 'kv-v2' ? outer?.['data'] : outer;
  return isRecord(data) ? data : undefined;
}

async function signIn(probe: JsonClient, login: VaultLogin): Promise<string> {
  const path = `/v1/auth/${login.authPath.split('/').map(encodeURIComponent).join('/')}/login`;
  const json = { jwt: login.jwt, ...(login.role === undefined ? {} : { role: login.role }) };
  const reply = await askAny(probe, { method: 'POST', path, json, headers: headersOf(login) });
  const { auth } = reply.fields;
  const token = isRecord(auth) ? auth['client_token'] : undefined;
  if (reply.status !== 200) throw loginFailure(reply, login);
  if (typeof token !== 'string' || !/^[\x21-\x7e]{4,4096}$/.test(token))
    throw new VaultError(
      'its answer to the sign-in holds no token',
      'Check that VAULT_SERVER_URL is the address of a Vault.',
    );
  return token;
}

const headersOf = ({ namespace }: VaultLogin): Record<string, string> => ({
  'x-vault-request': 'true',
  ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
});

async function askAny(probe: JsonClient, request: JsonRequest): Promise<JsonResponse> {
  try {
    return await probe.request({ ...request, acceptsErrorStatus: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw connectionFailure(error, probe.host);
  }
}

/** Reads and writes secrets in the Vault of a CI job, which GitLab's own variables name. */

import { HttpClient } from '../../http/http-client.ts';
import { JsonClient } from '../../http/json-client.ts';
import type { Server } from '../../http/server.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { readOptionalFile } from '../../lib/optional-file.ts';
import { GlaiveError, throwIfInterrupted } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import { type Destination, testDestination } from '../../vault/destination.ts';
import { hintFor, type SecretReference } from '../../vault/reference.ts';
import type { VaultLogin } from '../../vault/login.ts';
import { openSession, type VaultSession } from '../../vault/vault.ts';
import { VaultError } from '../../vault/vault-error.ts';
import { openNetwork } from './network-options.ts';
import { vaultOfEnvironment } from './vault-of-environment.ts';
import type { ParsedArgs } from '../args/parse.ts';

/** Requests an hour; a job needs three. */
const HOURLY = 1000;
/** Milliseconds without an answer after which a request fails that Ctrl-C does not stop. */
const IDLE_TIMEOUT = 10_000;

/** @throws GlaiveError with the cause, and the way out */
export async function secretFromVault(reference: SecretReference, args: ParsedArgs, io: Io): Promise<string> {
  const { session, close } = await open(reference, args, io);
  try {
    return await explained(io, async () => await session.read(reference));
  } finally {
    await close();
  }
}

export interface OpenDestination extends Destination {
  /** Ends the session. */
  close(): Promise<void>;
}

/** Signs in, and proves that a token can be kept there. Ctrl-C does not stop a write to it. @throws GlaiveError */
export async function vaultDestination(reference: SecretReference, args: ParsedArgs, io: Io): Promise<OpenDestination> {
  const { session, login, close } = await open(reference, args, io);
  try {
    const { namespace } = login;
    const destination = await explained(
      io,
      async () => await testDestination(session.send, { ...reference, namespace }),
    );
    return {
      get wasCreated() {
        return destination.wasCreated;
      },
      put: async (value) => await explained(undefined, async () => await destination.put(value)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opened {
  readonly session: VaultSession;
  readonly login: VaultLogin;
  close(): Promise<void>;
}

async function open(reference: SecretReference, args: ParsedArgs, io: Io): Promise<Opened> {
  const login = readLogin(io);
  const server = vaultServer(args, io);
  const network = openNetwork(args, io);
  const interruptible = new JsonClient(server, new HttpClient({ network, signal: io.signal, requestsPerHour: HOURLY }));
  const { signal } = new AbortController();
  const uninterruptible = new JsonClient(
    server,
    new HttpClient({ network, signal, requestsPerHour: HOURLY, idleTimeout: IDLE_TIMEOUT }),
  );
  const say = async (text: string): Promise<void> => {
    if (!args.has('quiet')) await io.stderr.write(`glaive: ${text}\n`);
  };
  const hint = hintFor(reference);
  if (hint !== undefined) await say(hint);
  const session = await explained(io, async () => await openSession({ interruptible, uninterruptible }, login));
  return {
    session,
    login,
    async close() {
      const why = await session.end();
      if (why !== undefined) await say(`vault: the session could not be ended (${why}); it ends by itself`);
    },
  };
}

/** @param io absent: Ctrl-C does not stop it */
async function explained<T>(io: Io | undefined, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    if (io !== undefined) throwIfInterrupted(io.signal);
    throw new GlaiveError('usage', `vault: ${error.message}`, { hint: error.hint, cause: error });
  }
}

function vaultServer(args: ParsedArgs, io: Io): Server {
  const server = args.value('vault-url') ?? vaultOfEnvironment(io);
  if (server !== undefined) return server;
  throw new GlaiveError('usage', 'vault: it needs to know which Vault', {
    hint: 'Name it: VAULT_SERVER_URL=https://vault.example.com, in the variables of the project.',
  });
}

function readLogin({ env }: Io): VaultLogin {
  const jwt = readValue(env['VAULT_ID_TOKEN']?.trim() ?? '');
  if (jwt === '')
    throw new GlaiveError('usage', 'vault: VAULT_ID_TOKEN holds no token of the job', {
      hint: 'Give the job one:  id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }',
    });
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt))
    throw new GlaiveError('usage', 'vault: VAULT_ID_TOKEN is not a JWT', {
      hint: 'It must hold the token that GitLab makes for id_tokens, or the path of a file with it.',
    });
  return {
    jwt,
    role: env['VAULT_AUTH_ROLE'] || undefined,
    authPath: (env['VAULT_AUTH_PATH'] || 'jwt').replace(/^\/?(?:auth\/)?|\/+$/g, ''),
    namespace: env['VAULT_NAMESPACE'] || undefined,
  };
}

/** A variable of type file holds a path. */
function readValue(value: string): string {
  if (!value.startsWith('/')) return value;
  try {
    return readOptionalFile(value)?.trim() ?? '';
  } catch (error) {
    throw new GlaiveError('usage', `vault: VAULT_ID_TOKEN names a file that cannot be read: ${fsErrorMessage(error)}`, {
      cause: error,
    });
  }
}

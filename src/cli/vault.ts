/** The Vault of a CI job, by GitLab's own variables, and what it gives. */

import { Conversation } from '../net/conversation.ts';
import { Probe } from '../net/probe.ts';
import { approveServer } from '../net/server.ts';
import { reasonOf } from '../lib/errno.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError, throwIfInterrupted } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import { hintFor, type SecretReference } from '../vault/reference.ts';
import { openSession, VaultError, type VaultLogin, type VaultSession } from '../vault/vault.ts';
import { openNetwork } from './network.ts';
import type { Call } from './parse.ts';

/** Requests an hour; a job needs two. */
const HOURLY = 1000;

/** @throws GlaiveError that says what is wrong, and what to do */
export async function secretFromVault(reference: SecretReference, call: Call, io: Io): Promise<string> {
  return await inVault(reference, call, io, async (session) => await session.read(reference));
}

/** Signs in, and asks whether it could write there. @throws GlaiveError */
export async function checkVault(reference: SecretReference, call: Call, io: Io): Promise<void> {
  await inVault(reference, call, io, async (session) => await session.checkWrite(reference));
}

/** Is not broken off: what is written may be the only copy. @throws GlaiveError */
export async function secretToVault(reference: SecretReference, value: string, call: Call, io: Io): Promise<void> {
  const { signal } = new AbortController();
  await inVault(reference, call, { ...io, signal }, async (session) => await session.write(reference, value));
}

async function inVault<T>(
  reference: SecretReference,
  call: Call,
  io: Io,
  act: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const login = readLogin(io);
  const conversation = new Conversation({ network: openNetwork(call, io), signal: io.signal, hourly: HOURLY });
  const hint = hintFor(reference);
  if (hint !== undefined && !call.has('quiet')) await io.stderr.write(`glaive: ${hint}\n`);
  try {
    return await act(await openSession(new Probe(vaultServer(call, io), conversation), login));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throwIfInterrupted(io.signal);
    throw new GlaiveError('usage', `vault: ${error.message}`, { hint: error.hint, cause: error });
  }
}

function vaultServer(call: Call, io: Io) {
  const flag = call.value('vault-url');
  if (flag !== undefined) return approveServer(flag, '--vault-url');
  const name = io.env['VAULT_SERVER_URL'] ? 'VAULT_SERVER_URL' : 'VAULT_ADDR';
  const address = io.env[name] ?? '';
  if (address === '')
    throw new GlaiveError('usage', 'vault: it needs to know which Vault', {
      hint: 'Name it: VAULT_SERVER_URL=https://vault.example.com, in the variables of the project.',
    });
  return approveServer(address, name);
}

function readLogin({ env }: Io): VaultLogin {
  const jwt = readValue(env['VAULT_ID_TOKEN']?.trim() ?? '');
  if (jwt === '')
    throw new GlaiveError('usage', 'vault: VAULT_ID_TOKEN holds no token of the job', {
      hint: 'Give the job one:  id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }',
    });
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt))
    throw new GlaiveError('usage', 'vault: VAULT_ID_TOKEN is no JWT', {
      hint: 'It is what GitLab puts there by id_tokens, or the path of a file with that.',
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
    return readIfThere(value)?.trim() ?? '';
  } catch (error) {
    throw new GlaiveError('usage', `vault: VAULT_ID_TOKEN names a file that cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * A field of a secret as the destination of a new token. Before a token is created, the destination is tested with the requests
 * that will store it: find the engine, read the secret, check the rights, and write once if a second write will be allowed.
 * After the real write, the field is read back.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../lib/is-record.ts';
import type { JsonResponse } from '../http/json-client.ts';
import { dataOf } from './responses.ts';
import { accessFailure, policyPath, type Right } from './failures.ts';
import { apiPath, type Engine, metadataPath, mountPath, type SecretReference } from './reference.ts';
import { secretOf, type Send, type VaultRequest } from './vault.ts';
import { VaultError } from './vault-error.ts';

export interface Destination {
  /** Whether the test created the secret, which is empty until `put`. */
  readonly wasCreated: boolean;
  /** Writes the field, keeps the others, and reads it back. Ctrl-C does not interrupt it. @throws VaultError */
  put(value: string): Promise<void>;
}

const MAX_ATTEMPTS = 3;
/** Milliseconds before the second attempt. */
const FIRST_PAUSE = 300;

type SendOptions = Pick<VaultRequest, 'uninterruptible'>;
const UNINTERRUPTIBLE: SendOptions = { uninterruptible: true };

type Named = SecretReference & { readonly namespace: string | undefined };

/** @param named the server determines its engine @throws VaultError if the token could not be stored there */
export async function testDestination(send: Send, named: Named): Promise<Destination> {
  const reference: Named = { ...named, engine: await engineAt(send, named) };
  let wasCreated = false;
  await withRetries(async () => {
    const found = await stateOf(send, reference);
    const rights = await rightsAt(send, reference);
    const state = needsMetadata(found, rights) ? await withMetadata(send, reference, found) : found;
    const need: Right = state.exists ? 'update' : 'create';
    if (rights === undefined && !state.exists)
      throw new VaultError(
        `glaive cannot check whether the role may create ${reference.path} in ${reference.mount}`,
        'Allow "update" on sys/capabilities-self, as the policy "default" does, or create the secret first.',
      );
    if (rights !== undefined && !rights.has(need)) throw denied(reference, need);
    // The right "create" allows the first write only.
    const mayWriteTwice = state.exists || rights?.has('update') === true;
    const isEmpty = Object.keys(state.data ?? {}).length === 0;
    // An engine without versions rejects a secret without fields.
    if (!mayWriteTwice || (reference.engine !== 'kv-v2' && isEmpty)) return;
    await write(send, reference, { ...state, data: state.data ?? {} }, need);
    wasCreated ||= !state.exists;
  });
  return {
    get wasCreated() {
      return wasCreated;
    },
    async put(value) {
      await withRetries(async () => {
        const state = await stateOf(send, reference, UNINTERRUPTIBLE);
        if (state.data?.[reference.field] !== value) {
          const data = { ...state.data, [reference.field]: value };
          await write(send, reference, { ...state, data }, state.exists ? 'update' : 'create', UNINTERRUPTIBLE);
        }
        const after = await stateOf(send, reference, UNINTERRUPTIBLE);
        if (after.data?.[reference.field] !== value)
          throw new VaultError('the field was written, but reading it back gives another value', 'Check the secret.', {
            isTemporary: true,
          });
      });
    },
  };
}

async function withRetries(operation: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof VaultError) || !error.isTemporary || attempt === MAX_ATTEMPTS) throw error;
      await pause(FIRST_PAUSE * 2 ** (attempt - 1));
    }
  }
}

/** `sys/internal/ui/mounts`, as `vault kv` does before each command. */
async function engineAt(send: Send, reference: Named): Promise<Engine> {
  const { mount } = reference;
  const response = await send({ path: mountPath(reference) });
  const { type, path, options } = dataOf(response) ?? {};
  if (response.status === 403 || (response.status === 200 && !isPathOf(path, mount)))
    throw new VaultError(
      `the role has no rights in ${mount}, or no engine is mounted there`,
      `Check the mount (after @); a policy must grant a right on ${policyPath(reference)}.`,
    );
  if (response.status !== 200 || typeof type !== 'string') {
    const failure = accessFailure(response, reference, reference, 'read');
    throw response.status === 404 || response.status === 200 || response.status === 405
      ? new VaultError(
          `the engine at ${mount} could not be determined`,
          'Check that VAULT_SERVER_URL is the address of a Vault, 0.10 or newer.',
        )
      : failure;
  }
  if (type === 'generic') return 'generic';
  if (type === 'kv') return isRecord(options) && String(options['version']) === '2' ? 'kv-v2' : 'kv-v1';
  // Includes cubbyhole, whose content ends with the session.
  throw new VaultError(`${mount} is not a key-value engine`, 'Name one after @.');
}

/** The path starts with a namespace if the engine is in another one. */
function isPathOf(path: unknown, mount: string): boolean {
  return typeof path !== 'string' || path === `${mount}/` || path.endsWith(`/${mount}/`);
}

interface State {
  /** Whether a write is an update; also true if the newest version was deleted. */
  readonly exists: boolean;
  /** The newest version; 0: none, or the engine has no versions. */
  readonly version: number;
  /** The existing fields; undefined if there is no data. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

async function stateOf(send: Send, reference: Named, options: SendOptions = {}): Promise<State> {
  const response = await send({ path: apiPath(reference), ...options });
  const data = secretOf(response, reference);
  const metadata = dataOf(response)?.['metadata'];
  const version = reference.engine === 'kv-v2' && isRecord(metadata) ? metadata['version'] : 0;
  if (response.status === 200 && data !== undefined && typeof version === 'number') {
    refuseFragile(response);
    return { exists: true, version, data };
  }
  if (response.status === 404 && typeof version === 'number' && version > 0)
    return { exists: true, version, data: undefined };
  const errors = response.fields['errors'];
  if (response.status === 404 && Array.isArray(errors) && errors.length === 0)
    return { exists: false, version: 0, data: undefined };
  throw response.status === 200
    ? new VaultError('the response contains no secret', 'Check that VAULT_SERVER_URL is the address of a Vault.')
    : accessFailure(response, reference, reference, 'read');
}

/** JSON numbers lose digits in JavaScript, and the secret is written back. */
function refuseFragile({ text }: JsonResponse): void {
  const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
  if (numbers.some((number) => String(Number(number)) !== number))
    throw new VaultError(
      'the secret contains a number that glaive cannot write back exactly',
      'Change it to a string, or use another secret.',
    );
}

const RIGHTS = ['create', 'update'] as const;

/** Undefined if the role may not read its own rights. */
async function rightsAt(send: Send, reference: Named): Promise<ReadonlySet<Right> | undefined> {
  const path = policyPath(reference);
  const response = await send({ method: 'POST', path: '/v1/sys/capabilities-self', json: { paths: [path] } });
  const found = dataOf(response)?.[path] ?? response.fields[path] ?? response.fields['capabilities'];
  if (response.status >= 429) throw accessFailure(response, reference, reference, 'update');
  if (response.status !== 200 || !Array.isArray(found)) return undefined;
  return new Set(RIGHTS.filter((right) => found.includes('root') || found.includes(right)));
}

const needsMetadata = (state: State, rights: ReadonlySet<Right> | undefined): boolean =>
  !state.exists && rights !== undefined && rights.size === 1;

/** A secret with metadata but no version cannot be read, and a write counts as an update. */
async function withMetadata(send: Send, reference: Named, state: State): Promise<State> {
  if (reference.engine !== 'kv-v2') return state;
  const response = await send({ path: metadataPath(reference) });
  return response.status === 200 ? { ...state, exists: true } : state;
}

function denied(reference: Named, need: Right): VaultError {
  const { path, mount } = reference;
  return new VaultError(
    `the role may not ${need} ${path} in ${mount}${need === 'create' ? ', which does not exist yet' : ''}`,
    `Its policy must allow "read" and "${need}" on ${policyPath(reference)}${need === 'create' ? ', or create the secret first' : ''}.`,
  );
}

async function write(
  send: Send,
  reference: Named,
  { version, data }: State & { readonly data: Readonly<Record<string, unknown>> },
  right: Right,
  options: SendOptions = {},
): Promise<void> {
  const hasVersions = reference.engine === 'kv-v2';
  const json = hasVersions ? { options: { cas: version }, data } : data;
  const response = await send({ method: 'POST', path: apiPath(reference), json, ...options });
  if (response.status !== 200 && response.status !== 204) throw accessFailure(response, reference, reference, right);
  const written = dataOf(response)?.['version'];
  if (hasVersions && (typeof written !== 'number' || written <= version))
    throw new VaultError(
      'the response to the write names no new version',
      `Check that ${reference.mount} is a versioned engine.`,
    );
}

/**
 * A field of a secret, as the place for a new token. Before anything is made that must be kept there, the place is proven by
 * what will be done: the engine is asked for, the secret is read, the rights are asked for, and where a second write will be
 * allowed, a first one is made. Afterwards it counts only what can be read again.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../lib/is-record.ts';
import type { JsonResponse } from '../http/json-client.ts';
import { dataOf } from './answers.ts';
import { accessFailure, policyPath, type Right } from './failures.ts';
import { apiPath, type Engine, metadataPath, mountPath, type SecretReference } from './reference.ts';
import { type Ask, secretOf } from './vault.ts';
import { VaultError } from './vault-error.ts';

export interface Destination {
  /** Whether proving it has made the secret, which is empty until something is put there. */
  readonly isMade: boolean;
  /** Puts the field, leaves the others as they are, and reads it again. Is not broken off. @throws VaultError */
  put(value: string): Promise<void>;
}

/** Times that something is tried that may go well in a moment. */
const TRIES = 3;
/** Milliseconds before the second one. */
const FIRST_PAUSE = 300;

type Named = SecretReference & { readonly namespace: string | undefined };

/** @param named its engine is found out, whatever is said there @throws VaultError when it will not do */
export async function proveDestination(ask: Ask, named: Named): Promise<Destination> {
  const reference: Named = { ...named, engine: await engineAt(ask, named) };
  let isMade = false;
  await persistently(async () => {
    const found = await stateOf(ask, reference);
    const rights = await rightsAt(ask, reference);
    const state = needsMetadata(found, rights) ? await withMetadata(ask, reference, found) : found;
    const need: Right = state.exists ? 'update' : 'create';
    if (rights === undefined && !state.exists)
      throw new VaultError(
        `whether the role may create ${reference.path} in ${reference.mount} cannot be asked`,
        'Allow "update" on sys/capabilities-self, as the policy "default" does, or make the secret first.',
      );
    if (rights !== undefined && !rights.has(need)) throw denied(reference, need);
    // A right to create is used up by the first write.
    const mayTwice = state.exists || rights?.has('update') === true;
    const isEmpty = Object.keys(state.data ?? {}).length === 0;
    // An engine without versions takes no secret without fields.
    if (!mayTwice || (reference.engine !== 'kv-v2' && isEmpty)) return;
    await write(ask, reference, { ...state, data: state.data ?? {} }, need, false);
    isMade ||= !state.exists;
  });
  return {
    get isMade() {
      return isMade;
    },
    async put(value) {
      await persistently(async () => {
        const state = await stateOf(ask, reference, true);
        if (state.data?.[reference.field] !== value) {
          const data = { ...state.data, [reference.field]: value };
          await write(ask, reference, { ...state, data }, state.exists ? 'update' : 'create', true);
        }
        const after = await stateOf(ask, reference, true);
        if (after.data?.[reference.field] !== value)
          throw new VaultError('it was written, and is not there when it is read again', 'Look at the secret.', {
            isPassing: true,
          });
      });
    },
  };
}

async function persistently(act: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof VaultError) || !error.isPassing || tries === TRIES) throw error;
      await pause(FIRST_PAUSE * 2 ** (tries - 1));
    }
  }
}

/** `sys/internal/ui/mounts`, as `vault kv` asks it before each of its commands. */
async function engineAt(ask: Ask, reference: Named): Promise<Engine> {
  const { mount } = reference;
  const reply = await ask({ path: mountPath(reference) });
  const { type, path, options } = dataOf(reply) ?? {};
  if (reply.status === 403 || (reply.status === 200 && !isPathOf(path, mount)))
    throw new VaultError(
      `the role may do nothing in ${mount}, or no engine is mounted there`,
      `Check the mount (after @); a policy must allow something on ${policyPath(reference)}.`,
    );
  if (reply.status !== 200 || typeof type !== 'string') {
    const failure = accessFailure(reply, reference, reference, 'read');
    throw reply.status === 404 || reply.status === 200 || reply.status === 405
      ? new VaultError(
          `which engine is mounted at ${mount} cannot be found out`,
          'Check that VAULT_SERVER_URL is the address of a Vault, 0.10 or newer.',
        )
      : failure;
  }
  if (type === 'generic') return 'generic';
  if (type === 'kv') return isRecord(options) && String(options['version']) === '2' ? 'kv-v2' : 'kv-v1';
  // Also a cubbyhole: what is in it ends with the session.
  throw new VaultError(`${mount} keeps no secrets: it is no key-value engine`, 'Name one after @.');
}

/** With the path of a namespace before it, where the engine is in another one. */
function isPathOf(path: unknown, mount: string): boolean {
  return typeof path !== 'string' || path === `${mount}/` || path.endsWith(`/${mount}/`);
}

interface State {
  /** Whether there is something to be updated, be it a version that was deleted. */
  readonly exists: boolean;
  /** Of an engine with versions the newest one; 0: no version. */
  readonly version: number;
  /** The fields to be kept; undefined where it has no data. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

async function stateOf(ask: Ask, reference: Named, isSteady = false): Promise<State> {
  const reply = await ask({ path: apiPath(reference) }, isSteady);
  const data = secretOf(reply, reference);
  const metadata = dataOf(reply)?.['metadata'];
  const version = reference.engine === 'kv-v2' && isRecord(metadata) ? metadata['version'] : 0;
  if (reply.status === 200 && data !== undefined && typeof version === 'number') {
    refuseFragile(reply);
    return { exists: true, version, data };
  }
  if (reply.status === 404 && typeof version === 'number' && version > 0)
    return { exists: true, version, data: undefined };
  const errors = reply.fields['errors'];
  if (reply.status === 404 && Array.isArray(errors) && errors.length === 0)
    return { exists: false, version: 0, data: undefined };
  throw reply.status === 200
    ? new VaultError('its answer to the read holds no secret', 'Check that VAULT_SERVER_URL is the address of a Vault.')
    : accessFailure(reply, reference, reference, 'read');
}

/** A number that cannot be written back as it is must not be changed on the way. */
function refuseFragile({ text }: JsonResponse): void {
  const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
  if (numbers.some((number) => String(Number(number)) !== number))
    throw new VaultError(
      'the secret holds a number that glaive cannot keep as it is',
      'Make a string of it, or name another secret.',
    );
}

const RIGHTS = ['create', 'update'] as const;

/** Undefined: that may not be asked. */
async function rightsAt(ask: Ask, reference: Named): Promise<ReadonlySet<Right> | undefined> {
  const path = policyPath(reference);
  const reply = await ask({ method: 'POST', path: '/v1/sys/capabilities-self', json: { paths: [path] } });
  const found = dataOf(reply)?.[path] ?? reply.fields[path] ?? reply.fields['capabilities'];
  if (reply.status >= 429) throw accessFailure(reply, reference, reference, 'update');
  if (reply.status !== 200 || !Array.isArray(found)) return undefined;
  return new Set(RIGHTS.filter((right) => found.includes('root') || found.includes(right)));
}

const needsMetadata = (state: State, rights: ReadonlySet<Right> | undefined): boolean =>
  !state.exists && rights !== undefined && rights.size === 1;

/** A secret with settings and no version yet is not there to be read, and yet to be updated. */
async function withMetadata(ask: Ask, reference: Named, state: State): Promise<State> {
  if (reference.engine !== 'kv-v2') return state;
  const reply = await ask({ path: metadataPath(reference) });
  return reply.status === 200 ? { ...state, exists: true } : state;
}

function denied(reference: Named, need: Right): VaultError {
  const { path, mount } = reference;
  return new VaultError(
    `the role may not ${need} ${path} in ${mount}${need === 'create' ? ', and it is not there yet' : ''}`,
    `Its policy must allow "read" and "${need}" on ${policyPath(reference)}${need === 'create' ? ', or the secret must be made first' : ''}.`,
  );
}

async function write(
  ask: Ask,
  reference: Named,
  { version, data }: State & { readonly data: Readonly<Record<string, unknown>> },
  right: Right,
  isSteady: boolean,
): Promise<void> {
  const hasVersions = reference.engine === 'kv-v2';
  const json = hasVersions ? { options: { cas: version }, data } : data;
  const reply = await ask({ method: 'POST', path: apiPath(reference), json }, isSteady);
  if (reply.status !== 200 && reply.status !== 204) throw accessFailure(reply, reference, reference, right);
  const written = dataOf(reply)?.['version'];
  if (hasVersions && (typeof written !== 'number' || written <= version))
    throw new VaultError(
      'its answer to the write names no new version',
      `Check that ${reference.mount} is an engine with versions.`,
    );
}

/** Secrets out of Vault or OpenBao, as a CI job gets them: sign in with the job's JWT, then read. Two requests. */

import { isObject } from '../lib/is-object.ts';
import { ApiError } from '../net/api-error.ts';
import type { Probe, Reply } from '../net/probe.ts';
import { apiPath, hintFor, type SecretReference } from './reference.ts';

export interface VaultLogin {
  readonly jwt: string;
  /** Absent: the server's default role. */
  readonly role: string | undefined;
  /** Where the JWT method is mounted. */
  readonly authPath: string;
  readonly namespace: string | undefined;
}

/** Vault said no. Message and way out are ours: what a server says is not repeated. */
export class VaultError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'VaultError';
    this.hint = hint;
  }
}

/** One sign-in. @throws VaultError, all of its functions: what is wrong, and what to do */
export interface VaultSession {
  read(reference: SecretReference): Promise<string>;
  /** Asks whether the policy lets it write there; changes nothing. */
  checkWrite(reference: SecretReference): Promise<void>;
  /** Puts one field, and leaves the others as they are. What somebody else has written meanwhile is not lost: it fails. */
  write(reference: SecretReference, value: string): Promise<void>;
}

/** @throws VaultError */
export async function openSession(probe: Probe, login: VaultLogin): Promise<VaultSession> {
  const headers = { ...headersOf(login), 'x-vault-token': await signIn(probe, login) };
  const get = async (reference: SecretReference): Promise<Reply> =>
    await ask(probe, { path: apiPath(reference), headers });

  return {
    async read(reference) {
      const reply = await get(reference);
      if (reply.status !== 200) throw accessFailure(reply, reference, login, 'read');
      const data = dataOf(reply, reference);
      // Of a version that was deleted there is an answer without data.
      if (data === undefined)
        throw new VaultError(
          'the secret is deleted, or there is nothing in it',
          'Look at its versions: vault kv metadata get.',
        );
      if (!Object.hasOwn(data, reference.field))
        throw new VaultError(
          `the secret has no field ${JSON.stringify(reference.field)}`,
          'The field is the last part of the short form, or --field; it is written as in Vault, upper and lower case.',
        );
      const value = data[reference.field];
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    async checkWrite(reference) {
      const path = apiPath(reference).slice('/v1/'.length);
      const reply = await ask(probe, {
        method: 'POST',
        path: '/v1/sys/capabilities-self',
        json: { paths: [path] },
        headers,
      });
      const { capabilities } = reply.fields;
      const may = Array.isArray(capabilities) ? capabilities : [];
      if (reply.status !== 200 || !may.some((one) => one === 'root' || one === 'update'))
        throw accessFailure(
          { ...reply, status: reply.status === 200 ? 403 : reply.status },
          reference,
          login,
          'update',
        );
    },
    async write(reference, value) {
      const before = await get(reference);
      if (before.status !== 200 && before.status !== 404) throw accessFailure(before, reference, login, 'read');
      const data = { ...dataOf(before, reference), [reference.field]: value };
      const version = versionOf(before);
      const json = reference.engine === 'kv-v2' ? { options: { cas: version }, data } : data;
      const reply = await ask(probe, { method: 'POST', path: apiPath(reference), json, headers });
      if (reply.status !== 200 && reply.status !== 204) throw accessFailure(reply, reference, login, 'update');
    },
  };
}

function dataOf({ fields }: Reply, { engine }: SecretReference): Record<string, unknown> | undefined {
  const outer = fields['data'];
  const data = engine === 'kv-v2' && isObject(outer) ? outer['data'] : outer;
  return isObject(data) ? data : undefined;
}

/** Of a secret with versions the last one; 0: there is none. */
function versionOf({ fields }: Reply): number {
  const { data } = fields;
  const metadata = isObject(data) ? data['metadata'] : undefined;
  const version = isObject(metadata) ? metadata['version'] : undefined;
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : 0;
}

async function signIn(probe: Probe, login: VaultLogin): Promise<string> {
  const path = `/v1/auth/${login.authPath.split('/').map(encodeURIComponent).join('/')}/login`;
  const json = { jwt: login.jwt, ...(login.role === undefined ? {} : { role: login.role }) };
  const reply = await ask(probe, { method: 'POST', path, json, headers: headersOf(login) });
  const { auth } = reply.fields;
  const token = isObject(auth) ? auth['client_token'] : undefined;
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

async function ask(probe: Probe, request: Parameters<Probe['ask']>[0]): Promise<Reply> {
  try {
    return await probe.ask({ ...request, isAnyAnswer: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isTrust = error.message.includes('certificate');
    throw new VaultError(
      `${probe.host}: ${error.message}`,
      isTrust
        ? "VAULT_CACERT names a file with the certificate of the Vault's authority."
        : 'Check VAULT_SERVER_URL, and whether the Vault can be reached from here.',
      error,
    );
  }
}

/** What Vault says in words, to tell one refusal from another; it is not repeated. */
function wordsOf({ fields }: Reply): string {
  const { errors, warnings } = fields;
  return [errors, warnings]
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .filter((item) => typeof item === 'string')
    .join(' ')
    .toLowerCase();
}

/** What any request may be told. */
function commonFailure(reply: Reply): VaultError | undefined {
  const { status } = reply;
  const words = wordsOf(reply);
  if (status === 503 || words.includes('sealed'))
    return new VaultError('the Vault is sealed', 'An operator must unseal it: vault operator unseal.');
  if (
    words.includes('standby') ||
    words.includes('not active') ||
    (status >= 300 && status < 400) ||
    status === 472 ||
    status === 473
  )
    return new VaultError(
      'this node of the Vault is on standby, and leads to another',
      'Name the active node, or the address in front of all of them, in VAULT_SERVER_URL: a credential follows no redirect.',
    );
  if (status === 501)
    return new VaultError('the Vault is not initialised', 'An operator must do that: vault operator init.');
  if (status === 429) return new VaultError('the Vault takes no more requests for now', 'Try again later.');
  if (status >= 500) return new VaultError(`the Vault has trouble (${status})`, 'Look into its log.');
  return undefined;
}

function loginFailure(reply: Reply, { role, authPath, namespace }: VaultLogin): VaultError {
  const { status } = reply;
  const words = wordsOf(reply);
  const common = commonFailure(reply);
  if (common !== undefined) return common;
  if (words.includes('namespace') || (namespace !== undefined && status === 404))
    return new VaultError(
      `there is no namespace ${quoted(namespace)}, or no JWT method in it`,
      'Check VAULT_NAMESPACE and VAULT_AUTH_PATH.',
    );
  if (status === 404 || words.includes('no handler for route'))
    return new VaultError(
      `there is no JWT method at auth/${authPath}`,
      'Check VAULT_AUTH_PATH, and VAULT_NAMESPACE if there are namespaces; glaive init --vault prints what must be created.',
    );
  if (words.includes('missing role'))
    return new VaultError('no role was named, and the Vault has no default one', 'Name it in VAULT_AUTH_ROLE.');
  if (
    words.includes('role') &&
    (words.includes('could not be found') || words.includes('not found') || words.includes('invalid role'))
  )
    return new VaultError(
      `there is no role ${quoted(role)}`,
      'Check VAULT_AUTH_ROLE; glaive init --vault prints how it is created.',
    );
  if (words.includes('audience') || words.includes('(aud)'))
    return new VaultError(
      'the audience of the job’s token is none that the role takes',
      'Make `aud` under id_tokens the same as bound_audiences of the role. Vault 1.17 and newer insist on the latter.',
    );
  if (words.includes('claim'))
    return new VaultError(
      'the job is none that the role lets in: a bound claim does not match',
      'Compare bound_claims of the role (project_path, ref, ref_protected) with this job; strings, unless bound_claims_type is glob.',
    );
  if (words.includes('expired') || words.includes('exp)'))
    return new VaultError(
      'the job’s token has expired',
      'It lives as long as the time limit of the job: fetch the secret earlier.',
    );
  if (words.includes('signature') || words.includes('issuer') || words.includes('verify'))
    return new VaultError(
      'the Vault does not trust the job’s token',
      'Its JWT method must know this GitLab: oidc_discovery_url (or jwks_url) and bound_issuer are its address.',
    );
  if (status === 403)
    return new VaultError(
      'the sign-in is refused: permission denied',
      'Check VAULT_AUTH_PATH, VAULT_AUTH_ROLE and VAULT_NAMESPACE.',
    );
  return new VaultError(
    `the sign-in is refused (${status})`,
    'Check VAULT_AUTH_ROLE, and look into the audit log of the Vault.',
  );
}

function accessFailure(
  reply: Reply,
  reference: SecretReference,
  { namespace }: VaultLogin,
  right: 'read' | 'update',
): VaultError {
  const { status } = reply;
  const words = wordsOf(reply);
  const common = commonFailure(reply);
  if (common !== undefined) return common;
  const { mount, path, engine } = reference;
  const hint = hintFor(reference);
  if (words.includes('versioned k/v'))
    return new VaultError(
      `${mount} holds versions of secrets, and was asked as ${engine}`,
      'Ask it with --engine kv-v2.',
    );
  if (status === 403)
    return new VaultError(
      `the role may not ${right} ${path} in ${mount}: permission denied`,
      hint ??
        `Its policy must allow "${right}" on ${apiPath(reference).slice(4)}. A mount or namespace that is not there is answered alike.`,
    );
  if (words.includes('no handler for route') || words.includes('route entry not found'))
    return new VaultError(
      `there is no engine mounted at ${mount}`,
      `Check the mount (after @, or --mount)${namespace === undefined ? '' : ' and VAULT_NAMESPACE'}.`,
    );
  if (status === 404)
    return new VaultError(
      `there is no secret ${path} in ${mount}`,
      hint ??
        `Check the path${engine === 'kv-v2' ? '; of an engine without versions it is read with --engine kv-v1' : '; with versions it is --engine kv-v2'}.`,
    );
  if (status === 400 && words.includes('check-and-set'))
    return new VaultError('the secret was changed meanwhile', 'Look at it, and write the new token there by hand.');
  return new VaultError(
    `the secret cannot be ${right === 'read' ? 'read' : 'written'} (${status})`,
    'Look into the audit log of the Vault.',
  );
}

const quoted = (name: string | undefined): string => (name === undefined ? 'of that name' : JSON.stringify(name));

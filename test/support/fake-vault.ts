/**
 * A Vault on loopback: the JWT method, the token store and the key-value engines, with the bodies and codes that OpenBao 2.6
 * gives, recorded from it, or where it says otherwise those of HashiCorp Vault. Policies count as they do there. It reads the
 * claims of a JWT, and checks no signature but a word in its header.
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from './certificates.ts';
import { bodyOf, listen } from './listen.ts';
import { capabilitiesOn, DEFAULT_POLICY, mayEnter, type Policy } from './vault-acl.ts';

export { allow } from './vault-acl.ts';

export interface VaultRole {
  readonly audiences: readonly string[];
  readonly claims: Readonly<Record<string, string>>;
  readonly policies: readonly Policy[];
  /** Default: a user_claim that is there. */
  readonly userClaim?: string;
  readonly noDefaultPolicy?: boolean;
  readonly type?: 'service' | 'batch';
  /** Default: any number. */
  readonly uses?: number;
}

export interface VaultToken {
  readonly policies: readonly Policy[];
  readonly name?: string;
  readonly type?: 'service' | 'batch';
  /** 0: any number. */
  uses: number;
  readonly isRoot?: boolean;
}

export interface VaultMount {
  readonly kind: 'kv-v1' | 'kv-v2' | 'generic' | 'transit';
  /** The fields of each secret; null: its newest version was deleted. */
  readonly secrets: Record<string, Readonly<Record<string, unknown>> | null>;
  /** Secrets whose newest version is destroyed. */
  readonly destroyed?: Set<string>;
  /** Secrets that have settings, and perhaps no version. */
  readonly settings?: Record<string, { readonly cas_required?: boolean }>;
}

export interface FakeVault {
  readonly url: string;
  readonly host: string;
  readonly calls: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[];
  state: 'active' | 'sealed' | 'standby' | 'uninitialised' | 'broken';
  /** How it says that it does not know a token. */
  brand: 'openbao' | 'vault';
  /** Where a standby leads to. */
  leader: string;
  namespace: string | undefined;
  authPath: string;
  /** What the JWT method knows of GitLab. */
  method: 'ready' | 'empty' | 'unreachable';
  issuer: string | undefined;
  defaultRole: string | undefined;
  readonly roles: Map<string, VaultRole>;
  readonly mounts: Map<string, VaultMount>;
  readonly tokens: Map<string, VaultToken>;
  intercept: ((request: IncomingMessage, response: ServerResponse, body: string) => boolean) | undefined;
}

/** The token of a job, as GitLab makes them. */
export function jobJwt(claims: Readonly<Record<string, unknown>>, issuer = 'trusted'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT', kid: issuer })}.${part(claims)}.${Buffer.alloc(64, 7).toString('base64url')}`;
}

export async function fakeVault(certificate?: Certificate): Promise<FakeVault> {
  const calls: FakeVault['calls'] = [];
  const { url } = await listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      calls.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      if (vault.intercept?.(request, response, body) === true) return;
      answerVault(vault, request, response, body);
    })();
  }, certificate);
  const vault: FakeVault = {
    url,
    host: new URL(url).host,
    calls,
    state: 'active',
    brand: 'openbao',
    leader: 'https://other.example.com',
    namespace: undefined,
    authPath: 'jwt',
    method: 'ready',
    issuer: undefined,
    defaultRole: undefined,
    roles: new Map(),
    mounts: new Map(),
    tokens: new Map(),
    intercept: undefined,
  };
  return vault;
}

/** What it says to a program that does not encrypt: Go's own server answers before Vault does. */
export const PLAIN_TO_TLS = 'Client sent an HTTP request to an HTTPS server.\n';

export const DENIED = '1 error occurred:\n\t* permission denied\n\n';

function say(response: ServerResponse, status: number, value?: unknown): void {
  response.writeHead(status, value === undefined ? {} : { 'content-type': 'application/json' });
  response.end(value === undefined ? undefined : `${JSON.stringify(value)}\n`);
}

export const errors = (...texts: readonly string[]): object => ({ errors: texts });

/** What every answer with data has about it. */
const wrapped = (data: unknown, more: object = {}): object => ({
  request_id: '9da885f3-72c5-deb2-d1ca-3fbbe9d784dc',
  lease_id: '',
  renewable: false,
  lease_duration: 0,
  data,
  wrap_info: null,
  warnings: null,
  auth: null,
  ...more,
});

/** Answers as the server does. */
export function answerVault(vault: FakeVault, request: IncomingMessage, response: ServerResponse, body: string): void {
  const encoded = request.url!.replace(/^\/v1\//, '').split('?')[0]!;
  const path = decodeURIComponent(encoded);
  if (vault.state === 'sealed') return say(response, 503, errors('Vault is sealed'));
  if (vault.state === 'uninitialised') return say(response, 501, errors('Vault is not initialized'));
  if (vault.state === 'broken') return say(response, 500, errors('internal error'));
  if (vault.state === 'standby') {
    response.writeHead(307, { location: `${vault.leader}${request.url}` }).end();
    return;
  }
  const namespace = request.headers['x-vault-namespace'];
  if (namespace !== undefined && namespace !== vault.namespace)
    return say(response, 404, errors('namespace not found'));
  if (path === `auth/${vault.authPath}/login`) return signIn(vault, response, body);
  const name = String(request.headers['x-vault-token'] ?? '');
  const token = vault.tokens.get(name);
  if (token === undefined)
    return say(
      response,
      403,
      vault.brand === 'openbao'
        ? errors('permission denied')
        : errors('2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'),
    );
  // No use of the token is counted for it.
  if (path.startsWith('sys/internal/ui/mounts/')) return tellMount(vault, token, path.slice(23), response);
  const isLast = token.uses === 1;
  if (token.uses > 0) token.uses--;
  if (isLast) vault.tokens.delete(name);
  const [mountName, mount] = [...vault.mounts].find(([one]) => path === one || path.startsWith(`${one}/`)) ?? [];
  const rest = mountName === undefined ? '' : path.slice(mountName.length + 1);
  const need = needOf(request.method!, path, mount, rest);
  const may = token.isRoot === true || capabilitiesOn(path, token.policies).has(need);
  if (!may) return say(response, 403, errors(DENIED));
  if (path === 'auth/token/lookup-self') return say(response, 200, wrapped(aboutToken(name, token, isLast)));
  if (path === 'auth/token/revoke-self') {
    if (token.type === 'batch') return say(response, 400, errors('batch tokens cannot be revoked'));
    vault.tokens.delete(name);
    return say(response, 204);
  }
  if (path === 'sys/capabilities-self') {
    const { paths } = JSON.parse(body) as { paths: readonly string[] };
    const list = paths.map((one) => {
      const found = [...capabilitiesOn(one, token.policies)];
      return [one, token.isRoot === true ? ['root'] : found.length === 0 ? ['deny'] : found] as const;
    });
    const data = { ...Object.fromEntries(list), ...(list.length === 1 ? { capabilities: list[0]![1] } : {}) };
    return say(response, 200, wrapped(data, data));
  }
  if (mount === undefined) return say(response, 404, errors(`no handler for route "${path}". route entry not found.`));
  if (mount.kind === 'transit') return say(response, 404, errors('unsupported path'));
  if (mount.kind === 'kv-v2') return versioned(mount, rest, request.method!, response, body);
  if (request.method === 'POST') {
    const written = JSON.parse(body || '{}') as Record<string, unknown>;
    if (Object.keys(written).length === 0) return say(response, 400, errors('missing data fields'));
    mount.secrets[rest] = written;
    return say(response, 204);
  }
  const found = mount.secrets[rest];
  return found ? say(response, 200, wrapped(found, { lease_duration: 2_764_800 })) : say(response, 404, errors());
}

/** A write is what the engine finds it to be: of something that is there, or not. */
function needOf(method: string, path: string, mount: VaultMount | undefined, rest: string) {
  if (method === 'GET') return 'read';
  if (mount === undefined || path.startsWith('auth/') || path.startsWith('sys/')) return 'update';
  const key = mount.kind === 'kv-v2' ? rest.replace(/^(?:data|metadata)\//, '') : rest;
  return mount.secrets[key] !== undefined || mount.settings?.[key] !== undefined ? 'update' : 'create';
}

function aboutToken(id: string, token: VaultToken, isLast: boolean): object {
  return {
    accessor: token.type === 'batch' ? '' : 'UVbqKDyGkCe0uuikF48CAdNe',
    display_name: token.name ?? 'token',
    expire_time: token.isRoot === true ? null : '2026-12-30T23:33:59Z',
    id,
    meta: null,
    num_uses: isLast ? -1 : token.uses,
    orphan: false,
    path: 'auth/token/create',
    policies: [token.isRoot === true ? 'root' : 'default'],
    ttl: 2_764_799,
    type: token.type ?? 'service',
  };
}

function tellMount(vault: FakeVault, token: VaultToken, path: string, response: ServerResponse): void {
  const all: [string, { readonly kind: string }][] = [...vault.mounts, ['cubbyhole', { kind: 'cubbyhole' }]];
  const [name, mount] = all.find(([one]) => path === one || path.startsWith(`${one}/`)) ?? [];
  if (name === undefined || (token.isRoot !== true && !mayEnter(name, token.policies)))
    return say(
      response,
      403,
      errors(
        `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`,
      ),
    );
  const kind = mount!.kind;
  const isKv = kind.startsWith('kv-');
  const options = isKv ? { version: kind.slice(-1) } : null;
  say(response, 200, wrapped({ accessor: `${name}_1`, options, path: `${name}/`, type: isKv ? 'kv' : kind }));
}

/** By secret: its newest version. Those that a test puts there have three. */
const VERSIONS = new WeakMap<VaultMount, Map<string, number>>();

function versionsOf(mount: VaultMount): Map<string, number> {
  const versions = VERSIONS.get(mount) ?? new Map<string, number>();
  VERSIONS.set(mount, versions);
  return versions;
}

/** Writes a new version, as the server does, or another client. */
export function writeVersion(mount: VaultMount, key: string, data: Readonly<Record<string, unknown>>): number {
  const version = (mount.secrets[key] === undefined ? 0 : (versionsOf(mount).get(key) ?? 3)) + 1;
  mount.secrets[key] = data;
  mount.destroyed?.delete(key);
  versionsOf(mount).set(key, version);
  return version;
}

function versioned(mount: VaultMount, rest: string, method: string, response: ServerResponse, body: string): void {
  const versions = versionsOf(mount);
  const key = rest.replace(/^(?:data|metadata)\//, '');
  const found = mount.secrets[key];
  const version = found === undefined ? 0 : (versions.get(key) ?? 3);
  if (rest.startsWith('metadata/') && method === 'GET')
    return found === undefined && mount.settings?.[key] === undefined
      ? say(response, 404, errors())
      : say(response, 200, wrapped({ current_version: version, ...mount.settings?.[key], versions: {} }));
  if (!rest.startsWith('data/'))
    return say(
      response,
      404,
      wrapped(null, {
        warnings: [
          "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the OpenBao CLI, use 'bao kv get' for this operation.",
        ],
      }),
    );
  const about = { created_time: '2026-11-28T23:40:02.036073961Z', custom_metadata: null };
  if (method === 'POST') {
    const { options, data } = JSON.parse(body) as { options?: { cas?: number }; data?: Record<string, unknown> };
    if (data === undefined) return say(response, 400, errors('no data provided'));
    if (options?.cas === undefined && mount.settings?.[key]?.cas_required === true)
      return say(response, 400, errors('check-and-set parameter required for this call'));
    if (options?.cas !== undefined && options.cas !== version)
      return say(response, 400, errors('check-and-set parameter did not match the current version'));
    const next = writeVersion(mount, key, data);
    return say(response, 200, wrapped({ ...about, deletion_time: '', destroyed: false, version: next }));
  }
  if (found === undefined) return say(response, 404, errors());
  const isGone = found === null;
  const metadata = {
    ...about,
    deletion_time: isGone ? '2026-11-28T23:40:02.096322585Z' : '',
    destroyed: mount.destroyed?.has(key) === true,
    version,
  };
  say(response, isGone ? 404 : 200, wrapped({ data: found, metadata }));
}

let issued = 0;

function signIn(vault: FakeVault, response: ServerResponse, body: string): void {
  const refuse = (text: string): void => say(response, 400, errors(text));
  const { jwt, role: named = vault.defaultRole } = JSON.parse(body) as { jwt: string; role?: string };
  if (vault.method === 'empty') return refuse('could not load configuration');
  if (named === undefined) return refuse('missing role');
  const role = vault.roles.get(named);
  if (role === undefined) return refuse(`role "${named}" could not be found`);
  const [header, claims] = jwt.split('.').map((part) => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    } catch {
      return {};
    }
  });
  const invalid = (why: string): void => refuse(`error validating token: ${why}`);
  if (vault.method === 'unreachable')
    return invalid(
      'error verifying token signature: fetching keys oidc: get keys failed Get "http://127.0.0.1:8391/x": dial tcp 127.0.0.1:8391: connect: connection refused',
    );
  if (header!['kid'] !== 'trusted')
    return invalid(
      `error verifying token signature: ${header!['kid'] === 'remote' ? 'failed to verify id token signature' : 'no known key successfully validated the token signature'}`,
    );
  if (vault.issuer !== undefined && claims!['iss'] !== vault.issuer) return invalid('invalid issuer (iss) claim');
  if (role.audiences.length > 0 && !role.audiences.includes(String(claims!['aud'])))
    return invalid('invalid audience (aud) claim: audience claim does not match any expected audience');
  if (Number(claims!['nbf'] ?? 0) * 1000 > Date.now())
    return invalid('invalid not before (nbf) claim: token not yet valid');
  if (Number(claims!['exp']) * 1000 < Date.now())
    return invalid('invalid expiration time (exp) claim: token is expired');
  if (role.audiences.length === 0) return refuse('audience claim found in JWT but no audiences bound to the role');
  if (role.userClaim !== undefined && claims![role.userClaim] === undefined)
    return refuse(`claim "${role.userClaim}" not found in token`);
  for (const [claim, value] of Object.entries(role.claims)) {
    if (claims![claim] === undefined) return refuse(`error validating claims: claim "${claim}" is missing`);
    if (claims![claim] !== value)
      return refuse(`error validating claims: claim "${claim}" does not match any associated bound claim values`);
  }
  const isBatch = role.type === 'batch';
  const letters = Buffer.from(`${named}${issued++}`).toString('hex').padEnd(24, '0');
  const token = isBatch ? `b.${letters.padEnd(120, 'A')}` : `s.${letters.slice(-24)}`;
  vault.tokens.set(token, {
    policies: [...role.policies, ...(role.noDefaultPolicy === true ? [] : [DEFAULT_POLICY])],
    type: role.type ?? 'service',
    uses: role.uses ?? 0,
  });
  const auth = {
    client_token: token,
    policies: ['default'],
    metadata: { role: named },
    lease_duration: 300,
    token_type: role.type ?? 'service',
    num_uses: role.uses ?? 0,
  };
  say(response, 200, wrapped(null, { auth }));
}

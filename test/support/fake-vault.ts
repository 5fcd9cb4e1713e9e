/**
 * A Vault on loopback: the JWT method and the key-value engines, answers as Vault and OpenBao give them
 * (developer.hashicorp.com/vault/api-docs/auth/jwt, .../secret/kv; builtin/logical/kv, vault-plugin-auth-jwt). It reads the
 * claims of a JWT and checks no signature but a word in its header.
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from './certificates.ts';
import { bodyOf, listen } from './listen.ts';

export interface VaultRole {
  readonly audiences: readonly string[];
  readonly claims: Readonly<Record<string, string>>;
  /** What its policies let it read: beginnings of API paths. */
  readonly reads: readonly string[];
  /** And write. */
  readonly writes?: readonly string[];
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
  /** Where a standby leads to. */
  leader: string;
  namespace: string | undefined;
  authPath: string;
  defaultRole: string | undefined;
  readonly roles: Map<string, VaultRole>;
  /** By mount: its kind, and its secrets. */
  readonly mounts: Map<
    string,
    {
      readonly kind: 'kv-v1' | 'kv-v2' | 'generic';
      readonly secrets: Record<string, Readonly<Record<string, unknown>> | null>;
    }
  >;
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
      answer(vault, sessions, request, response, body);
    })();
  }, certificate);
  const sessions = new Map<string, VaultRole>();
  const vault: FakeVault = {
    url,
    host: new URL(url).host,
    calls,
    state: 'active',
    leader: 'https://other.example.com',
    namespace: undefined,
    authPath: 'jwt',
    defaultRole: undefined,
    roles: new Map(),
    mounts: new Map(),
    intercept: undefined,
  };
  return vault;
}

function say(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

const errors = (...texts: readonly string[]): object => ({ errors: texts });

function answer(
  vault: FakeVault,
  sessions: Map<string, VaultRole>,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const path = request.url!.replace(/^\/v1\//, '').split('?')[0]!;
  if (vault.state === 'sealed') return say(response, 503, errors('Vault is sealed'));
  if (vault.state === 'uninitialised') return say(response, 501, errors('Vault is not initialized'));
  if (vault.state === 'broken') return say(response, 500, errors('internal error'));
  if (vault.state === 'standby') {
    response.writeHead(307, { location: `${vault.leader}${request.url}` }).end();
    return;
  }
  const namespace = request.headers['x-vault-namespace'];
  if (namespace !== undefined && namespace !== vault.namespace)
    return say(response, 404, errors(`no handler for route "${String(namespace)}/${path}". route entry not found.`));
  if (path.startsWith('auth/')) return signIn(vault, sessions, path, response, body);
  const role = sessions.get(String(request.headers['x-vault-token']));
  const [name, mount] = [...vault.mounts].find(([one]) => path === one || path.startsWith(`${one}/`)) ?? [];
  if (role === undefined) return say(response, 403, errors('permission denied'));
  const mayWrite = (target: string): boolean => role.writes?.some((beginning) => target.startsWith(beginning)) === true;
  if (path === 'sys/capabilities-self') {
    const { paths } = JSON.parse(body) as { paths: [string] };
    return say(response, 200, { capabilities: mayWrite(paths[0]) ? ['create', 'read', 'update'] : ['deny'] });
  }
  if (request.method === 'POST' && !mayWrite(path))
    return say(response, 403, errors('1 error occurred:\n\t* permission denied\n\n'));
  if (!role.reads.some((beginning) => path.startsWith(beginning)))
    return say(response, 403, errors('1 error occurred:\n\t* permission denied\n\n'));
  if (name === undefined || mount === undefined)
    return say(response, 404, errors(`no handler for route "${path}". route entry not found.`));
  const rest = decodeURIComponent(path.slice(name.length + 1));
  if (request.method === 'POST') {
    const written = JSON.parse(body) as { options: { cas: number }; data: Record<string, unknown> };
    if (mount.kind !== 'kv-v2') {
      mount.secrets[rest] = written as never;
      response.writeHead(204).end();
      return;
    }
    const key = rest.slice(5);
    // Version 3 of what is there, see below.
    if (written.options.cas !== (mount.secrets[key] === undefined ? 0 : 3))
      return say(response, 400, errors('check-and-set parameter did not match the current version'));
    mount.secrets[key] = written.data;
    return say(response, 200, { data: { version: 4 } });
  }
  if (mount.kind !== 'kv-v2') {
    const found = mount.secrets[rest];
    return found ? say(response, 200, { data: found }) : say(response, 404, errors());
  }
  if (!rest.startsWith('data/'))
    return say(response, 404, {
      errors: [],
      warnings: [
        'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.',
      ],
    });
  const found = mount.secrets[rest.slice(5)];
  if (found === undefined) return say(response, 404, errors());
  const metadata = { version: 3, deletion_time: found === null ? '2026-11-01T00:00:00Z' : '', destroyed: false };
  say(response, found === null ? 404 : 200, { data: { data: found, metadata } });
}

function signIn(
  vault: FakeVault,
  sessions: Map<string, VaultRole>,
  path: string,
  response: ServerResponse,
  body: string,
): void {
  if (path !== `auth/${vault.authPath}/login`)
    return say(response, 404, errors(`no handler for route "${path}". route entry not found.`));
  const { jwt, role: named = vault.defaultRole } = JSON.parse(body) as { jwt: string; role?: string };
  if (named === undefined) return say(response, 400, errors('missing role'));
  const role = vault.roles.get(named);
  if (role === undefined) return say(response, 400, errors(`role "${named}" could not be found`));
  const [header, claims] = jwt.split('.').map((part) => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    } catch {
      return {};
    }
  });
  if (header!['kid'] !== 'trusted')
    return say(
      response,
      400,
      errors(
        'error validating token: error verifying token signature: no known key successfully validated the token signature',
      ),
    );
  if (Number(claims!['exp']) * 1000 < Date.now())
    return say(response, 400, errors('error validating token: token is expired: Token is expired'));
  if (role.audiences.length === 0)
    return say(response, 400, errors('audience claim found in JWT but no audiences bound to the role'));
  if (!role.audiences.includes(String(claims!['aud'])))
    return say(
      response,
      400,
      errors('error validating token: invalid audience (aud) claim: audience claim does not match any bound audience'),
    );
  for (const [claim, value] of Object.entries(role.claims))
    if (claims![claim] !== value)
      return say(
        response,
        400,
        errors(`error validating claims: claim "${claim}" does not match any associated bound claim values`),
      );
  const token = `hvs.${Buffer.from(`${named}${sessions.size}`).toString('hex').padEnd(24, '0')}`;
  sessions.set(token, role);
  say(response, 200, { auth: { client_token: token, policies: ['default'], lease_duration: 300 } });
}

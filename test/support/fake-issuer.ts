/**
 * A GitLab on loopback that has issued tokens of every kind: real HTTP, answers as in GitLab's documentation and source
 * (doc/api/personal_access_tokens.md, lib/api/api_guard.rb, lib/api/ci/runner.rb, lib/api/admin/token.rb, ...), every call
 * kept with all its headers.
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from './certificates.ts';
import { adminToken } from './admin-token.ts';
import { bodyOf, listen } from './listen.ts';

export interface Issued {
  readonly kind:
    | 'access'
    | 'oauth'
    | 'deploy'
    | 'runner'
    | 'job'
    | 'trigger'
    | 'feed'
    | 'flags'
    | 'scim'
    | 'oauth-secret'
    | 'agent'
    | 'mail'
    | 'session'
    | 'deploy-key'
    | 'registration';
  id: number;
  state: 'active' | 'expired' | 'revoked' | 'blocked' | 'impersonation' | 'dpop';
  readonly scopes?: readonly string[];
  /** Of a fine-grained token, whose one scope is `granular`: `Personal Access Token: Read`. */
  readonly permissions?: readonly string[];
  readonly user?: string;
  readonly isAdmin?: boolean;
  expiresAt?: string | null;
  readonly name?: string;
  /** Of a project or a group. */
  readonly project?: string;
  /** Of an OAuth secret. */
  readonly application?: string;
}

export interface IssuerCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
) => boolean | Promise<boolean>;

export interface FakeIssuer {
  readonly url: string;
  readonly host: string;
  readonly calls: IssuerCall[];
  readonly tokens: Map<string, Issued>;
  /** Public keys by user. */
  readonly keys: Map<string, string>;
  /** What the server lacks or has switched off. */
  readonly without: Set<'conan' | 'router' | 'router-off' | 'associations' | 'admin'>;
  /** How its session cookie is called. */
  cookie: string;
  /** Numbers of projects that anybody may see, by path. */
  readonly projects: Map<string, number>;
  inbound: boolean;
  /** Asked first; true: it has answered. */
  intercept: Handler | undefined;
  /** Makes the token that takes the place of a rotated one. */
  successor: () => string;
}

export async function fakeIssuer(certificate?: Certificate, hostname?: string): Promise<FakeIssuer> {
  const calls: IssuerCall[] = [];
  const { url, port } = await listen(
    (request, response) => {
      void (async () => {
        const body = await bodyOf(request);
        calls.push({ method: request.method!, url: request.url!, headers: request.headers, body });
        const address = new URL(request.url!, 'http://x');
        if ((await fake.intercept?.(request, response, address, body)) === true) return;
        answer(fake, request, response, address, body);
      })();
    },
    certificate,
    hostname,
  );
  const fake: FakeIssuer = {
    url,
    host: `${new URL(url).hostname}:${port}`,
    calls,
    tokens: new Map(),
    keys: new Map(),
    without: new Set(),
    cookie: '_gitlab_session',
    projects: new Map(),
    inbound: true,
    intercept: undefined,
    successor: () => {
      throw new Error('nothing was to be rotated');
    },
  };
  return fake;
}

export function json(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(value === undefined ? '' : JSON.stringify(value));
}

const UNAUTHORIZED = { message: '401 Unauthorized' };

/** lib/api/api_guard.rb: the response for a token that is refused. */
const REFUSALS: Readonly<Record<string, readonly [number, object]>> = {
  expired: [
    401,
    {
      error: 'invalid_token',
      error_description: 'Token is expired. You can either do re-authorization or token refresh.',
    },
  ],
  revoked: [
    401,
    { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' },
  ],
  impersonation: [
    401,
    {
      error: 'invalid_token',
      error_description: 'Token is an impersonation token but impersonation was disabled.',
    },
  ],
  dpop: [401, { error: 'dpop_error', error_description: 'DPoP validation error: DPoP header is missing' }],
  blocked: [403, { message: '403 Forbidden - Your account has been blocked.' }],
};

function answer(fake: FakeIssuer, request: IncomingMessage, response: ServerResponse, url: URL, body: string): void {
  const { tokens } = fake;
  const path = url.pathname;
  const method = request.method!;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const [user = '', password = ''] =
    basic === undefined ? [] : (/^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? []).slice(1);
  const form = new URLSearchParams(body);
  const sent = bearer === undefined ? undefined : tokens.get(bearer);

  /** Lets a bearer in, or says no. */
  const letIn = (...kinds: readonly Issued['kind'][]): Issued | undefined => {
    if (sent === undefined || !kinds.includes(sent.kind)) json(response, 401, UNAUTHORIZED);
    else if (sent.state !== 'active') json(response, ...REFUSALS[sent.state]!);
    else return sent;
    return undefined;
  };
  /** app/services/authz/tokens/authorize_granular_scopes_service.rb: the response for a fine-grained token that lacks a permission. */
  const isGranted = ({ permissions }: Issued, permission: string): boolean => {
    if (permissions === undefined || permissions.includes(permission)) return true;
    const boundary = /\/projects\//.test(path)
      ? 'project'
      : /\/(?:user|personal_access_tokens)/.test(path)
        ? 'user'
        : 'instance';
    json(response, 403, {
      error: 'insufficient_granular_scope',
      error_description:
        permission === ''
          ? "Access denied: This operation doesn't support fine-grained personal access tokens."
          : `Access denied: This operation requires a fine-grained personal access token with the following ${boundary} permissions: [${permission}].`,
    });
    return false;
  };
  const mayDo = (token: Issued, permission: string, ...scopes: string[]): boolean => {
    if (token.permissions !== undefined) return isGranted(token, permission);
    if (token.scopes?.some((scope) => scopes.includes(scope)) === true) return true;
    json(response, 403, {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: scopes.join(' '),
    });
    return false;
  };
  const rotate = (old: string, token: Issued): void => {
    const fresh = fake.successor();
    tokens.set(fresh, {
      ...token,
      id: token.id + 1000,
      state: 'active',
      expiresAt: url.searchParams.get('expires_at') ?? form.get('expires_at') ?? '2026-11-28',
    });
    tokens.get(old)!.state = 'revoked';
    json(response, 200, { ...entity(tokens.get(fresh)!), token: fresh });
  };
  const byId = (id: string, kind: Issued['kind']): [string, Issued] | undefined =>
    [...tokens].find(([, token]) => token.kind === kind && token.id === Number(id));

  if (path === '/api/v4/personal_access_tokens/self' || path === '/api/v4/personal_access_tokens/self/rotate') {
    const token = letIn('access', 'oauth');
    if (token === undefined) return;
    if (token.kind === 'oauth')
      return json(response, 400, { message: '400 Bad request - This endpoint requires a PAT' });
    if (path.endsWith('/rotate')) {
      if (mayDo(token, 'Personal Access Token: Rotate', 'api', 'self_rotate')) rotate(bearer!, token);
      return;
    }
    if (method === 'DELETE') {
      if (!isGranted(token, 'Personal Access Token: Revoke')) return;
      token.state = 'revoked';
      response.writeHead(204).end();
      return;
    }
    if (isGranted(token, 'Personal Access Token: Read')) json(response, 200, entity(token));
    return;
  }
  if (path === '/api/v4/personal_access_tokens/self/associations') {
    const token = letIn('access');
    if (token === undefined || !isGranted(token, 'Personal Access Token: Read')) return;
    if (fake.without.has('associations')) return json(response, 404, { error: '404 Not Found' });
    return json(response, 200, { groups: [{ id: 1 }], projects: [{ id: 1 }, { id: 2 }] });
  }
  const token = /^\/api\/v4\/personal_access_tokens\/(\d+)(\/rotate)?$/.exec(path);
  if (token !== null) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, 'Personal Access Token: Rotate', 'api')) return;
    const found = byId(token[1]!, 'access');
    if (found === undefined) return json(response, 404, { message: '404 Token Not Found' });
    if (token[2] !== undefined) return rotate(...found);
    if (method === 'DELETE') {
      found[1].state = 'revoked';
      response.writeHead(204).end();
      return;
    }
    return json(response, 200, entity(found[1]));
  }
  if (path === '/api/v4/user') {
    const who = letIn('access', 'oauth');
    if (who === undefined || !mayDo(who, 'User: Read', 'api', 'read_api', 'read_user')) return;
    return json(response, 200, {
      id: 7,
      username: who.user ?? 'jane',
      ...(who.isAdmin === true ? { is_admin: true } : {}),
    });
  }
  if (path === '/api/v4/packages/conan/v1/users/check_credentials') {
    if (fake.without.has('conan')) return json(response, 404, { message: '404 Not Found' });
    const found = tokens.get(password);
    if (found?.kind === 'deploy' && found.state === 'active') return void response.end('ok');
    return json(response, 401, UNAUTHORIZED);
  }
  if (path.endsWith('.git/info/refs')) {
    const found = tokens.get(password);
    if (found?.kind !== 'deploy' || found.state !== 'active' || !user.startsWith('gitlab+deploy-token-'))
      return void response.writeHead(401).end('HTTP Basic: Access denied.');
    return void response.end('001e# service=git-upload-pack\n0000');
  }
  if (path.endsWith('/runners/reset_registration_token')) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, 'Runner Registration Token: Reset', 'api')) return;
    for (const one of tokens.values()) if (one.kind === 'registration') one.state = 'revoked';
    return json(response, 201, { token: 'new' });
  }
  if (path.startsWith('/api/v4/runners')) return runners(fake, request, response, url, body);
  if (path === '/api/v4/job') {
    const found = tokens.get(String(request.headers['job-token']));
    if (found?.kind !== 'job' || found.state !== 'active') return json(response, 401, UNAUTHORIZED);
    return json(response, 200, {
      id: found.id,
      name: 'deploy',
      status: 'running',
      pipeline: { id: 3, project_id: 42 },
      user: { id: 7, username: 'jane' },
    });
  }
  if (/^\/api\/v4\/projects\/[^/]+\/job_token_scope$/.test(path)) {
    const operator = letIn('access');
    if (operator !== undefined && mayDo(operator, 'Job Token Scope: Read', 'api', 'read_api'))
      json(response, 200, { inbound_enabled: fake.inbound, outbound_enabled: false });
    return;
  }
  const trigger = /^\/api\/v4\/projects\/([^/]+)\/trigger\/pipeline$/.exec(path);
  if (trigger !== null) {
    const found = tokens.get(form.get('token') ?? '');
    if (found?.kind !== 'trigger' || found.state !== 'active' || found.project !== decodeURIComponent(trigger[1]!))
      return json(response, 404, { message: '404 Not Found' });
    if (!form.get('ref')!.startsWith('glaive-no-such-ref-')) throw new Error('a pipeline was started');
    return json(response, 400, { message: { base: ['Reference not found'] } });
  }
  const triggers = /^\/api\/v4\/projects\/([^/]+)\/triggers(?:\/(\d+))?$/.exec(path);
  if (triggers !== null) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, method === 'GET' ? 'Trigger: Read' : 'Trigger: Delete', 'api'))
      return;
    const own = [...tokens].filter(([, one]) => one.kind === 'trigger' && one.state === 'active');
    if (method === 'GET')
      return json(
        response,
        200,
        own.map(([text, { id }]) => ({ id, token: text.slice(0, 4), description: 'x' })),
      );
    const found = own.find(([, { id }]) => id === Number(triggers[2]));
    if (found === undefined) return json(response, 404, { message: '404 Trigger Not Found' });
    found[1].state = 'revoked';
    response.writeHead(204).end();
    return;
  }
  const deploy = /^\/api\/v4\/(?:projects|groups)\/[^/]+\/deploy_tokens\/(\d+)$/.exec(path);
  if (deploy !== null && method === 'DELETE') {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, 'Deploy Token: Delete', 'api')) return;
    const found = byId(deploy[1]!, 'deploy');
    if (found === undefined) return json(response, 404, { message: '404 Deploy Token Not Found' });
    found[1].state = 'revoked';
    response.writeHead(204).end();
    return;
  }
  const cancel = /^\/api\/v4\/projects\/[^/]+\/jobs\/(\d+)\/cancel$/.exec(path);
  if (cancel !== null && method === 'POST') {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, 'Job: Update', 'api')) return;
    const found = byId(cancel[1]!, 'job');
    if (found === undefined) return json(response, 404, { message: '404 Not Found' });
    found[1].state = 'revoked';
    return json(response, 201, { id: found[1].id, status: 'canceled' });
  }
  const deployKeys = /^\/api\/v4\/projects\/[^/]+\/deploy_keys(?:\/(\d+))?$/.exec(path);
  if (deployKeys !== null) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, method === 'GET' ? 'Deploy Key: Read' : 'Deploy Key: Delete', 'api'))
      return;
    const own = [...tokens].filter(([, one]) => one.kind === 'deploy-key' && one.state === 'active');
    if (method === 'GET')
      return json(
        response,
        200,
        own.map(([key, { id, expiresAt = null }]) => ({
          id,
          title: 'server',
          key,
          can_push: true,
          expires_at: expiresAt,
        })),
      );
    const found = own.find(([, { id }]) => id === Number(deployKeys[1]));
    if (found === undefined) return json(response, 404, { message: '404 Deploy Key Not Found' });
    found[1].state = 'revoked';
    response.writeHead(204).end();
    return;
  }
  if (path === '/api/v4/applications' || path.startsWith('/api/v4/applications/')) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, 'OAuth Application: Read', 'api')) return;
    if (operator.isAdmin !== true) return json(response, 403, { message: '403 Forbidden' });
    const secrets = [...tokens].filter(([, one]) => one.kind === 'oauth-secret');
    if (method === 'GET')
      return json(
        response,
        200,
        secrets.map(([, { id, application }]) => ({ id, application_id: application, application_name: 'x' })),
      );
    const [old, application] = secrets.find(([, { id }]) => id === Number(path.split('/')[4]))!;
    const fresh = fake.successor();
    tokens.delete(old);
    tokens.set(fresh, application);
    return json(response, 201, { id: application.id, secret: fresh });
  }
  if (path === '/dashboard/projects.atom') {
    const found = tokens.get(url.searchParams.get('feed_token') ?? '');
    if (found?.kind !== 'feed' || found.state !== 'active') return void response.writeHead(401).end();
    response.writeHead(200, { 'content-type': 'application/atom+xml' });
    return void response.end('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>');
  }
  const flags = /^\/api\/v4\/feature_flags\/unleash\/([^/]+)$/.exec(path);
  if (flags !== null) {
    const found = tokens.get(String(request.headers['unleash-instanceid']));
    // app/models/operations/feature_flags_client.rb: by number; a path is no number of any project.
    const isIts = found?.kind === 'flags' && found.state === 'active' && found.project === flags[1];
    return isIts ? void response.writeHead(200).end() : json(response, 401, UNAUTHORIZED);
  }
  if (path.startsWith('/api/scim/v2/')) {
    if (sent?.kind !== 'scim') return json(response, 401, { detail: 'Authentication failed', status: 401 });
    return json(response, 200, { totalResults: 1, Resources: [{ userName: 'someone' }] });
  }
  if (path === '/oauth/introspect') {
    const found = tokens.get(password);
    return found?.kind === 'oauth-secret' && found.application === user
      ? json(response, 200, { active: false })
      : json(response, 401, { error: 'invalid_client' });
  }
  if (path === '/oauth/token/info') {
    if (sent?.kind !== 'oauth' || sent.state !== 'active') return json(response, 401, { error: 'invalid_token' });
    return json(response, 200, { resource_owner_id: 7, scope: ['read_user', 'api'], expires_in: 7100, created_at: 1 });
  }
  if (path === '/api/v4/admin/token' && !fake.without.has('admin')) {
    const operator = letIn('access');
    if (operator === undefined || !mayDo(operator, '', 'api')) return;
    if (operator.isAdmin !== true) return json(response, 403, { message: '403 Forbidden' });
    const [status, answered] = adminToken(tokens, method, (JSON.parse(body) as { token: string }).token, fake.cookie);
    return json(response, status, answered);
  }
  const project = /^\/api\/v4\/projects\/([^/]+)$/.exec(path);
  if (project !== null) {
    const id = fake.projects.get(decodeURIComponent(project[1]!));
    return id === undefined
      ? json(response, 404, { message: '404 Project Not Found' })
      : json(response, 200, { id, path_with_namespace: decodeURIComponent(project[1]!) });
  }
  const keys = /^\/([\w.-]+)\.keys$/.exec(path);
  if (keys !== null) return void response.end(fake.keys.get(keys[1]!) ?? '');
  json(response, 404, { error: '404 Not Found' });
}

/** lib/api/ci/runner.rb */
function runners(fake: FakeIssuer, request: IncomingMessage, response: ServerResponse, url: URL, body: string): void {
  const { tokens, without } = fake;
  const form = new URLSearchParams(body);
  const token = String(request.headers['runner-token'] ?? form.get('token') ?? '');
  const found = tokens.get(token);
  const isIts = found?.kind === 'runner' && found.state === 'active';
  switch (`${request.method} ${url.pathname.replace('/api/v4/runners', '')}`) {
    case 'GET /router/discovery':
      if (without.has('router')) return json(response, 404, { error: '404 Not Found' });
      if (!isIts) return json(response, 403, { message: '403 Forbidden' });
      return without.has('router-off')
        ? json(response, 501, { message: '501 Not Implemented' })
        : json(response, 200, {});
    case 'POST /verify':
      return isIts
        ? json(response, 200, { id: found.id, token, token_expires_at: null })
        : json(response, 403, { message: '403 Forbidden' });
    case 'POST /reset_authentication_token': {
      if (!isIts) return json(response, 403, { message: '403 Forbidden' });
      const fresh = fake.successor();
      tokens.set(fresh, { ...found });
      found.state = 'revoked';
      return json(response, 201, { token: fresh, token_expires_at: null });
    }
    case 'DELETE ':
      if (!isIts) return json(response, 403, { message: '403 Forbidden' });
      found.state = 'revoked';
      response.writeHead(204).end();
      return;
    default:
      throw new Error(`a runner must not be asked ${request.method} ${url.pathname}`);
  }
}

function entity({ id, name = 'ci', state, permissions, scopes = [], expiresAt = '2027-05-01' }: Issued): object {
  return {
    id,
    name,
    description: null,
    revoked: state === 'revoked',
    active: state === 'active',
    created_at: '2026-05-01T00:00:00.000Z',
    granular: permissions !== undefined,
    scopes: permissions === undefined ? scopes : ['granular'],
    user_id: 7,
    last_used_at: '2026-11-01T10:00:00.000Z',
    expires_at: expiresAt,
    last_used_ips: ['192.0.2.7'],
  };
}

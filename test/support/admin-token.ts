/**
 * `POST` and `DELETE /admin/token` as GitLab answers them (lib/api/admin/token.rb): which kinds it knows by their beginning
 * (lib/authn/agnostic_token_identifier.rb), and how each is presented (`present_with` in lib/authn/tokens/, lib/api/entities/).
 */

import type { Issued } from './fake-issuer.ts';

const COOKIE = '_gitlab_session';

/** Tokens that are revoked are found, but for those that are reset: the old one is gone then. */
const IS_FOUND_REVOKED: ReadonlySet<Issued['kind']> = new Set(['access', 'agent', 'deploy']);

/** @param cookie how this instance calls its cookie */
export function adminToken(
  tokens: ReadonlyMap<string, Issued>,
  method: string,
  asked: string,
  cookie = COOKIE,
): readonly [status: number, body: unknown] {
  // Its own prefix may be before any of them.
  const isSession = asked.startsWith(`${cookie}=`);
  if (!isSession && !/^(?:[\w-]*gl(?:dt|ft|pat|agent|rt|ptt|cbt|ffct|imt)-|[\w-]*gloas|GR1348941)/.test(asked))
    return [422, { message: 'Token type not supported.' }];
  const found = tokens.get(isSession ? asked.slice(cookie.length + 1) : asked);
  // RunnerRegistrationToken finds none, whatever it is.
  const isThere =
    found !== undefined &&
    found.kind !== 'registration' &&
    (found.state !== 'revoked' || IS_FOUND_REVOKED.has(found.kind)) &&
    isSession === (found.kind === 'session');
  if (!isThere) return [404, { message: { error: 'Not found' } }];
  if (method === 'POST') return [200, present(found, asked)];
  if (found.kind === 'job') return [400, { message: { error: 'Unsupported token type' } }];
  found.state = 'revoked';
  return [204, undefined];
}

function present({ kind, id, name = 'ci', state, ...issued }: Issued, token: string): object {
  const { permissions, scopes = [], expiresAt = '2027-05-01', user = 'jane', isAdmin, application, project } = issued;
  const created_at = '2026-05-01T00:00:00.000Z';
  const last_used_at = '2026-11-01T10:00:00.000Z';
  const owner = {
    id: 7,
    username: user,
    name: 'Jane Doe',
    state: state === 'blocked' ? 'blocked' : 'active',
    locked: false,
    created_at,
    ...(isAdmin === true ? { is_admin: true } : {}),
  };
  switch (kind) {
    case 'access':
      return {
        id,
        name,
        revoked: state === 'revoked',
        created_at,
        description: null,
        scopes: permissions === undefined ? scopes : ['granular'],
        user_id: 7,
        last_used_at,
        active: state !== 'revoked' && state !== 'expired',
        expires_at: expiresAt,
      };
    case 'agent':
      return {
        id,
        name,
        description: null,
        agent_id: 5,
        status: state === 'revoked' ? 'revoked' : 'active',
        created_at,
        created_by_user_id: 7,
        last_used_at,
      };
    case 'deploy':
      return {
        id,
        name,
        username: `gitlab+deploy-token-${id}`,
        expires_at: expiresAt,
        scopes: ['read_repository'],
        revoked: state === 'revoked',
        expired: state === 'expired',
      };
    case 'runner':
      // Paused, and not seen for a long time, but it works.
      return {
        id,
        description: 'x',
        ip_address: null,
        active: false,
        paused: true,
        is_shared: false,
        runner_type: 'project_type',
        name: null,
        online: false,
        status: 'stale',
        job_execution_status: 'idle',
      };
    case 'trigger':
      return {
        id,
        token,
        description: 'x',
        created_at,
        updated_at: created_at,
        last_used: null,
        expires_at: expiresAt,
        owner,
      };
    case 'job':
      return { job: { id, status: 'running', name: 'deploy', user: owner, pipeline: { id: 3, project_id: 42 } } };
    case 'flags':
      return { id, project_id: Number(project ?? 42) };
    case 'oauth-secret':
      return { id, application_id: application, application_name: 'x', callback_url: 'https://x', confidential: true };
    default:
      return owner;
  }
}

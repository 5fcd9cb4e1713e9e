/** The results of a check, and the meaning of common GitLab responses. */

import type { JsonClient, JsonResponse } from '../http/json-client.ts';
import type { TokenStatus } from '../model/token-status.ts';
import type { CheckResult } from './credential-type.ts';

export const ACTIVE: TokenStatus = { state: 'active' };
export const EXPIRED: TokenStatus = { state: 'inactive', reason: 'expired' };
export const REVOKED: TokenStatus = { state: 'inactive', reason: 'revoked' };
export const BLOCKED: TokenStatus = { state: 'inactive', reason: 'blocked' };
export const UNCLEAR: TokenStatus = { state: 'unknown', reason: 'unclear answer' };

export const OWNER_IS_BLOCKED = 'Its owner is blocked, or may not sign in; the token is real.';

/** No server can be asked. @param why a sentence */
export function unsupported(why: string): CheckResult {
  return { status: { state: 'unknown', reason: 'unsupported' }, details: { notes: [why] } };
}

/** The server does not know the credential. It may belong to another server, so this is no proof that it is inactive. */
export function unknownAt({ host }: Pick<JsonClient, 'host'>): CheckResult {
  return { status: { state: 'unknown', reason: `not known at ${host}` } };
}

/** The result for the status of a response; a status that the table does not have is inconclusive. */
export function resultByStatus(status: number, table: Readonly<Record<number, CheckResult>>): CheckResult {
  return table[status] ?? unexpected(status);
}

/** A response that shows nothing about the credential. */
export function unexpected(status: number): CheckResult {
  const why =
    status >= 300 && status < 400
      ? `Redirected (${status}); glaive does not follow redirects with a credential.`
      : `Unexpected response: HTTP ${status}.`;
  return { status: UNCLEAR, details: { notes: [why] }, isInconclusive: true };
}

/** lib/gitlab/auth/user_access_denied_reason.rb. A 403 without one of these may come from a proxy in front of GitLab. */
const MAY_NOT_SIGN_IN =
  /\b(?:blocked|deactivated|terms of service|email address is not confirmed|password expired|internal users)\b/i;

/** The result of a refused request whose Bearer was the credential. lib/api/api_guard.rb, lib/gitlab/auth/auth_finders.rb */
export function resultOfRefusal({ status, fields }: JsonResponse, client: Pick<JsonClient, 'host'>): CheckResult {
  const { error, error_description: description, message } = fields;
  const explanation = typeof description === 'string' ? description : '';
  if (status === 401) {
    if (error === 'invalid_token' && explanation.startsWith('Token is expired')) return { status: EXPIRED };
    if (error === 'invalid_token' && explanation.startsWith('Token was revoked')) return { status: REVOKED };
    if (error === 'invalid_token' && /impersonation/i.test(explanation))
      return {
        status: BLOCKED,
        details: { notes: ['Impersonation is turned off on this GitLab; the token is real.'] },
      };
    if (error === 'dpop_error' || error === 'restricted_language_server_client_error')
      return {
        status: ACTIVE,
        details: { notes: ['It is real, but works only together with a proof that its owner holds.'] },
      };
    return unknownAt(client);
  }
  if (status === 403) {
    if (error === 'insufficient_scope') return { status: ACTIVE };
    if (typeof message === 'string' && message.startsWith('403 Forbidden - ') && MAY_NOT_SIGN_IN.test(message))
      return { status: BLOCKED, details: { notes: [OWNER_IS_BLOCKED] } };
  }
  return unexpected(status);
}

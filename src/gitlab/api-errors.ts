/**
 * Why GitLab refused or redirected a request. Known responses (`lib/api/api_guard.rb`) are recognised and described in
 * glaive's own words; text of the server is never quoted.
 */

import { isRecord } from '../lib/is-record.ts';
import { ApiError, errorForStatus } from '../http/api-error.ts';
import { type HttpResponse } from '../http/network.ts';
import { readBody } from '../http/http-client.ts';

/** Longer than any error of GitLab. */
const MAX_ERROR_BYTES = 16 * 1024;
/** Scopes that a message may name as sufficient. */
const SCOPES = new Set(['api', 'read_api', 'read_user', 'read_repository', 'write_repository', 'ai_features', 'sudo']);

const INSUFFICIENT_GRANULAR_SCOPE = 'insufficient_granular_scope';
/** `Personal Access Token: Read`, or `read_job` in GitLab 18. No token matches it, so it is safe to show. */
const PERMISSION =
  /^(?:[A-Z][A-Za-z/]{0,13}(?: [A-Za-z]{1,14}){0,5}: [A-Z][a-z]{1,13}(?: [A-Z][a-z]{0,13}){0,3}|[a-z]{2,14}(?:_[a-z]{1,14}){1,5})$/;
const PERMISSIONS_MAX = 5;

/** Reads the body of a response with a status from 400 on. */
export async function errorFromResponse(response: HttpResponse): Promise<ApiError> {
  const { status } = response;
  if (status === 400 || status === 401 || status === 403) return errorFromFields(status, await fieldsOf(response));
  response.cancel();
  return errorForStatus(status);
}

/** The same for a body that was read already. @param fields of the JSON object; empty if the body is not one */
export function errorFromFields(status: number, fields: Readonly<Record<string, unknown>>): ApiError {
  if (status !== 400 && status !== 401 && status !== 403) return errorForStatus(status);
  const word = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const because = (reason: ApiError['reason'], message: string): ApiError => new ApiError(reason, message, status);
  if (status === 400) {
    if (/\brotation of legacy\b/i.test(word('message')))
      return because('refused', 'this GitLab no longer rotates tokens with scopes: create a fine-grained one by hand');
    if (/\b(?:expiration date|expires at)\b/i.test(word('message')))
      return because('refused', 'GitLab does not accept that expiry date: choose another one with --expires DATE');
    return errorForStatus(status);
  }
  const missing = missingPermissions(status, fields);
  if (missing !== undefined) return because('granular', `${missing} (${INSUFFICIENT_GRANULAR_SCOPE})`);
  if (fields['error'] === 'insufficient_scope') {
    const scopes = word('scope')
      .split(/[\s,]+/)
      .filter((scope) => SCOPES.has(scope));
    const wanted = scopes.length === 0 ? '' : `: it needs ${scopes.join(' or ')}`;
    return because('scope', `the scopes of the token do not allow it (insufficient_scope)${wanted}`);
  }
  const text = [word('error'), word('error_description'), word('message')].join('\n');
  if (/\btoken (?:is|has|was)?\s?expired\b/i.test(text)) return because('unauthorized', 'the token is expired');
  if (/\btoken (?:is|has been|was) revoked\b/i.test(text)) return because('unauthorized', 'the token was revoked');
  if (/\bblocked\b/i.test(text)) return because('forbidden', 'the owner of the token is blocked');
  if (/\bread-only\b/i.test(text)) return because('forbidden', 'GitLab is in read-only mode');
  if (/\bnot erasable\b/i.test(text))
    return because('forbidden', 'the job cannot be erased: it is still running, or was erased already');
  if (/\bterms of service\b/i.test(text))
    return because('forbidden', 'the owner of the token has not accepted the terms of service');
  if (/\bpassword (?:has )?expired\b/i.test(text))
    return because('forbidden', 'the password of the owner of the token is expired');
  return errorForStatus(status);
}

/**
 * The permissions that a fine-grained token lacks (app/services/authz/tokens/authorize_granular_scopes_service.rb); undefined:
 * the refusal has another reason. A group may require fine-grained tokens, and then refuses one with scopes in the same words.
 */
export function missingPermissions(status: number, fields: Readonly<Record<string, unknown>>): string | undefined {
  if (status !== 403 || fields['error'] !== INSUFFICIENT_GRANULAR_SCOPE) return undefined;
  const description = typeof fields['error_description'] === 'string' ? fields['error_description'] : '';
  if (/\bdoesn't support fine-grained\b/i.test(description))
    return 'fine-grained tokens cannot do that on this GitLab, a token with scopes can';
  if (/\bnot yet supported\b/i.test(description)) return 'fine-grained tokens are switched off on this GitLab';
  const listed = /\[([^\]]*)\]/.exec(description)?.[1] ?? '';
  const permissions = listed
    .split(',')
    .map((permission) => permission.trim())
    .filter((permission) => PERMISSION.test(permission))
    .slice(0, PERMISSIONS_MAX);
  return permissions.length === 0
    ? 'the permissions of the fine-grained token do not allow it'
    : `it needs a fine-grained token with ${permissions.length === 1 ? 'the permission' : 'the permissions'} ${permissions.join(', ')}`;
}

/** The error for a redirect that is not followed. */
export function redirectError(response: HttpResponse): ApiError {
  const { status } = response;
  const to = response.header('location') ?? '';
  response.cancel();
  if (leadsToSignIn(to)) return new ApiError('unauthorized', 'redirected to a sign-in page', status);
  if (/\/api\/v4\/projects\/\d+(?:[/?]|$)/.test(to)) return new ApiError('moved', 'the project has moved', status);
  return errorForStatus(status);
}

export function leadsToSignIn(location: string): boolean {
  return /\/(?:users\/)?(?:sign_in|signin|login|saml|oauth2?\/(?:authorize|start))(?:[/?#]|$)/.test(location);
}

async function fieldsOf(response: HttpResponse): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse((await readBody(response, MAX_ERROR_BYTES)).toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    // Not JSON, or incomplete: only the status is known.
    response.cancel();
    return {};
  }
}

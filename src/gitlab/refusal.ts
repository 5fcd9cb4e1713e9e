/**
 * Why a GitLab refuses a request, or leads elsewhere. Its answer says so in a few known ways (`lib/api/api_guard.rb`);
 * those are recognised and said in our words, and nothing of what a server writes is repeated.
 */

import { isRecord } from '../lib/is-record.ts';
import { ApiError, failureOf } from '../http/api-error.ts';
import { type HttpResponse } from '../http/network.ts';
import { readWhole } from '../http/http-client.ts';

/** More than any of its refusals. */
const REFUSAL_MAX = 16 * 1024;
/** Scopes that it may name as those that would do. */
const SCOPES = new Set(['api', 'read_api', 'read_user', 'read_repository', 'write_repository', 'ai_features', 'sudo']);

const INSUFFICIENT_GRANULAR_SCOPE = 'insufficient_granular_scope';
/** `Personal Access Token: Read`, or `read_job` as GitLab 18 said it: words that no token looks like. */
const PERMISSION =
  /^(?:[A-Z][A-Za-z/]{0,13}(?: [A-Za-z]{1,14}){0,5}: [A-Z][a-z]{1,13}(?: [A-Z][a-z]{0,13}){0,3}|[a-z]{2,14}(?:_[a-z]{1,14}){1,5})$/;
const PERMISSIONS_MAX = 5;

/** What an answer from 400 on means; its text is read for it. */
export async function refusalOf(answer: HttpResponse): Promise<ApiError> {
  const { status } = answer;
  if (status === 400 || status === 401 || status === 403) return refusalIn(status, await fieldsOf(answer));
  answer.cancel();
  return failureOf(status);
}

/** The same, of an answer that is read already. @param fields of the JSON object that it is; none where it is something else */
export function refusalIn(status: number, fields: Readonly<Record<string, unknown>>): ApiError {
  if (status !== 400 && status !== 401 && status !== 403) return failureOf(status);
  const word = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const because = (reason: ApiError['reason'], message: string): ApiError => new ApiError(reason, message, status);
  if (status === 400) {
    if (/\brotation of legacy\b/i.test(word('message')))
      return because('refused', 'it rotates no tokens with scopes any more: make a fine-grained one by hand');
    if (/\b(?:expiration date|expires at)\b/i.test(word('message')))
      return because('refused', 'it does not take that as the last day of a token: give another, --expires DATE');
    return failureOf(status);
  }
  const missing = missingPermissions(status, fields);
  if (missing !== undefined) return because('granular', `${missing} (${INSUFFICIENT_GRANULAR_SCOPE})`);
  if (fields['error'] === 'insufficient_scope') {
    const scopes = word('scope')
      .split(/[\s,]+/)
      .filter((scope) => SCOPES.has(scope));
    const wanted = scopes.length === 0 ? '' : `: it asks for ${scopes.join(' or ')}`;
    return because('scope', `the scopes of the token do not allow it (insufficient_scope)${wanted}`);
  }
  const text = [word('error'), word('error_description'), word('message')].join('\n');
  if (/\btoken (?:is|has|was)?\s?expired\b/i.test(text)) return because('unauthorized', 'the token is expired');
  if (/\btoken (?:is|has been|was) revoked\b/i.test(text)) return because('unauthorized', 'the token was revoked');
  if (/\bblocked\b/i.test(text)) return because('forbidden', 'the owner of the token is blocked');
  if (/\bread-only\b/i.test(text)) return because('forbidden', 'it changes nothing now: it is read-only');
  if (/\bnot erasable\b/i.test(text))
    return because('forbidden', 'the job cannot be erased: it still runs, or nothing of it is left');
  if (/\bterms of service\b/i.test(text))
    return because('forbidden', 'the owner of the token has not accepted its terms of service');
  if (/\bpassword (?:has )?expired\b/i.test(text))
    return because('forbidden', 'the password of the owner of the token is expired');
  return failureOf(status);
}

/**
 * What a fine-grained token lacks (app/services/authz/tokens/authorize_granular_scopes_service.rb); undefined: that is not why it
 * is refused. A group may ask it of every token, so that one with scopes is refused in the same words.
 */
export function missingPermissions(status: number, fields: Readonly<Record<string, unknown>>): string | undefined {
  if (status !== 403 || fields['error'] !== INSUFFICIENT_GRANULAR_SCOPE) return undefined;
  const said = typeof fields['error_description'] === 'string' ? fields['error_description'] : '';
  if (/\bdoesn't support fine-grained\b/i.test(said))
    return 'fine-grained tokens cannot do that on this GitLab, a token with scopes can';
  if (/\bnot yet supported\b/i.test(said)) return 'fine-grained tokens are switched off on this GitLab';
  const listed = /\[([^\]]*)\]/.exec(said)?.[1] ?? '';
  const permissions = listed
    .split(',')
    .map((permission) => permission.trim())
    .filter((permission) => PERMISSION.test(permission))
    .slice(0, PERMISSIONS_MAX);
  return permissions.length === 0
    ? 'the permissions of the fine-grained token do not allow it'
    : `it asks for a fine-grained token with ${permissions.length === 1 ? 'the permission' : 'the permissions'} ${permissions.join(', ')}`;
}

/** What a redirect means where none is followed. */
export function redirectOf(answer: HttpResponse): ApiError {
  const { status } = answer;
  const to = answer.header('location') ?? '';
  answer.cancel();
  if (leadsToSignIn(to)) return new ApiError('unauthorized', 'it leads to a page to sign in', status);
  if (/\/api\/v4\/projects\/\d+(?:[/?]|$)/.test(to)) return new ApiError('moved', 'the project has moved', status);
  return failureOf(status);
}

export function leadsToSignIn(location: string): boolean {
  return /\/(?:users\/)?(?:sign_in|signin|login|saml|oauth2?\/(?:authorize|start))(?:[/?#]|$)/.test(location);
}

async function fieldsOf(answer: HttpResponse): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse((await readWhole(answer, REFUSAL_MAX)).toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    // It says nothing that can be read, or broke off: the status has to do.
    answer.cancel();
    return {};
  }
}

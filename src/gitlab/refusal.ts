/**
 * Why a GitLab refuses a request, or leads elsewhere. Its answer says so in a few known ways (`lib/api/api_guard.rb`);
 * those are recognised and said in our words, and nothing of what a server writes is repeated.
 */

import { ApiError, failureOf } from '../net/api-error.ts';
import { type Answer } from '../net/network.ts';
import { readWhole } from '../net/conversation.ts';

/** More than any of its refusals. */
const REFUSAL_MAX = 16 * 1024;
/** Scopes that it may name as those that would do. */
const SCOPES = new Set(['api', 'read_api', 'read_user', 'read_repository', 'write_repository', 'ai_features', 'sudo']);

/** What an answer from 400 on means; its text is read for it. */
export async function refusalOf(answer: Answer): Promise<ApiError> {
  const { status } = answer;
  if (status !== 401 && status !== 403) {
    answer.cancel();
    return failureOf(status);
  }
  const said = await wordsOf(answer);
  const because = (reason: ApiError['reason'], message: string): ApiError => new ApiError(reason, message, status);
  if (said.error === 'insufficient_scope') {
    const scopes = said.scope.split(/[\s,]+/).filter((scope) => SCOPES.has(scope));
    const wanted = scopes.length === 0 ? '' : `: it asks for ${scopes.join(' or ')}`;
    return because('scope', `the scopes of the token do not allow it (insufficient_scope)${wanted}`);
  }
  if (/\btoken (?:is|has|was)?\s?expired\b/i.test(said.text)) return because('unauthorized', 'the token is expired');
  if (/\btoken (?:is|has been|was) revoked\b/i.test(said.text)) return because('unauthorized', 'the token was revoked');
  if (/\bdebug trace\b/i.test(said.text))
    return because('debug-log', 'logs of jobs with CI_DEBUG_TRACE need the role Developer');
  if (/\bblocked\b/i.test(said.text)) return because('forbidden', 'the owner of the token is blocked');
  if (/\bterms of service\b/i.test(said.text))
    return because('forbidden', 'the owner of the token has not accepted its terms of service');
  if (/\bpassword (?:has )?expired\b/i.test(said.text))
    return because('forbidden', 'the password of the owner of the token is expired');
  return failureOf(status);
}

/** What a redirect means where none is followed. */
export function redirectOf(answer: Answer): ApiError {
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

interface Said {
  readonly error: string;
  readonly scope: string;
  readonly text: string;
}

const NOTHING: Said = { error: '', scope: '', text: '' };

async function wordsOf(answer: Answer): Promise<Said> {
  try {
    const value: unknown = JSON.parse((await readWhole(answer, REFUSAL_MAX)).toString('utf8'));
    if (typeof value !== 'object' || value === null) return NOTHING;
    const word = (name: string): string => {
      const one = (value as Readonly<Record<string, unknown>>)[name];
      return typeof one === 'string' ? one : '';
    };
    return {
      error: word('error'),
      scope: word('scope'),
      text: [word('error'), word('error_description'), word('message')].join('\n'),
    };
  } catch {
    // It says nothing that can be read, or broke off: the status tells.
    answer.cancel();
    return NOTHING;
  }
}

/**
 * Access tokens end themselves: `DELETE /personal_access_tokens/self` takes any scope, and of a fine-grained token a permission
 * (lib/api/personal_access_tokens/self_information.rb). Which it has is seen when it is refused: that changes nothing.
 */

import { ApiError } from '../http/api-error.ts';
import { missingPermissions } from '../gitlab/api-errors.ts';
import { isFineGrained } from '../model/verification.ts';
import type { JsonResponse } from '../http/json-client.ts';
import {
  accepted,
  cannot,
  type ExecutionResult,
  type Plan,
  type RemediationContext,
  type Remediator,
  type Target,
} from './remediator.ts';

const SELF = '/api/v4/personal_access_tokens/self';
const MAY_ROTATE_ITSELF = new Set(['api', 'self_rotate']);

async function plan(target: Target, context: RemediationContext): Promise<Plan> {
  // GitLab gives the ids of its own.
  const { id, scopes } = target.verdict.verification;
  if (id === undefined && !isFineGrained(scopes))
    return cannot('It is a token of an application: its user revokes it there.');
  return context.action === 'revoke' ? revoke(target, context) : rotate(target, context);
}

function revoke({ token, verdict }: Target, { probe, own, asAdmin }: RemediationContext): Plan {
  const mayBeRefused = isFineGrained(verdict.verification.scopes);
  const admin = mayBeRefused && asAdmin ? own : undefined;
  return {
    kind: 'can',
    how: `DELETE /personal_access_tokens/self, with the token itself${admin === undefined ? '' : "; where it may not, DELETE /admin/token, with glaive's own token"}`,
    effects: [
      'It ends for good. Whatever uses it fails from then on.',
      ...(mayBeRefused && admin === undefined ? [MAY_BE_REFUSED] : []),
    ],
    async run() {
      const reply = await probe.request({ method: 'DELETE', path: SELF, bearer: token });
      if (admin !== undefined && isRefused(reply))
        accepted(
          await probe.request({ method: 'DELETE', path: '/api/v4/admin/token', json: { token }, bearer: admin }),
        );
      else accepted(reply);
      return {};
    },
  };
}

const NOT_ITS_USER = "glaive's own token is not known there, or is neither of the same user nor of an administrator";
const MAY_BE_REFUSED = 'It is a fine-grained token: GitLab may refuse, and nothing is changed then.';
const isRefused = ({ status, fields }: JsonResponse): boolean => missingPermissions(status, fields) !== undefined;

/** It is known to be active: with a revoked one GitLab would end all that came after it. */
function rotate({ token, verdict }: Target, { probe, own, expires }: RemediationContext): Plan {
  const { scopes = [], id, expiresAt } = verdict.verification;
  const date = expires ?? /^\d{4}-\d\d-\d\d/.exec(expiresAt ?? '')?.[0];
  if (date === undefined && expiresAt === undefined)
    return cannot('When it expires cannot be seen: give the last day of the new one, --expires DATE.');
  if (date === undefined)
    return cannot(
      'It never expires, and GitLab makes none like that any more: give the last day of the new one, --expires DATE.',
    );
  const query = { expires_at: date };
  const effects = [
    `The new token has the same name, scopes and owner, and expires on ${date}.`,
    'Whatever uses the old one fails from then on, until it has the new one.',
  ];
  const byOwn = own === undefined || id === undefined ? undefined : `/personal_access_tokens/${id}/rotate`;
  const askOwn = async (path: string): Promise<JsonResponse> => {
    const reply = await probe.request({
      method: 'POST',
      path: `/api/v4${path}`,
      query,
      bearer: own!, // there is a path only with one
      returnsNewSecret: true,
    });
    // GitLab says the same of a token that it does not know, and of one that may not.
    if (reply.status === 401 && reply.fields['error'] === undefined) throw new ApiError('forbidden', NOT_ITS_USER, 401);
    return reply;
  };
  const mayBeRefused = isFineGrained(scopes);
  if (mayBeRefused || scopes.some((scope) => MAY_ROTATE_ITSELF.has(scope)))
    return {
      kind: 'can',
      how: `POST /personal_access_tokens/self/rotate, with the token itself${mayBeRefused && byOwn !== undefined ? `; where it may not, POST ${byOwn}, with glaive's own token` : ''}`,
      effects: [...effects, ...(mayBeRefused && byOwn === undefined ? [MAY_BE_REFUSED] : [])],
      async run() {
        const reply = await probe.request({
          method: 'POST',
          path: `${SELF}/rotate`,
          query,
          bearer: token,
          returnsNewSecret: true,
        });
        return successorOf(mayBeRefused && byOwn !== undefined && isRefused(reply) ? await askOwn(byOwn) : reply);
      },
    };
  if (byOwn === undefined)
    return cannot(
      "It may not rotate itself (scope api or self_rotate), and glaive's own token is not there to do it (GLAIVE_GITLAB_TOKEN).",
    );
  return {
    kind: 'can',
    how: `POST ${byOwn}, with glaive's own token`,
    effects,
    run: async () => successorOf(await askOwn(byOwn)),
  };
}

/** @param field what holds it @throws ApiError when there is no new token in the answer */
export function successorOf(reply: JsonResponse, field: 'token' | 'secret' = 'token'): ExecutionResult {
  const { [field]: token, expires_at: expiresAt, token_expires_at: other } = accepted(reply).fields;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{8,4096}$/.test(token))
    throw new ApiError('malformed', 'it said yes, and gave no new token: make one by hand', reply.status);
  const date = typeof expiresAt === 'string' ? expiresAt : other;
  return {
    successor: token,
    ...(typeof date === 'string' && /^[\d:TZ.-]{10,30}$/.test(date) ? { expiresAt: date } : {}),
  };
}

export const accessToken: Remediator = { plan };

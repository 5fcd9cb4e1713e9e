/** Access tokens end themselves: `DELETE /personal_access_tokens/self` takes any scope (doc/api/personal_access_tokens.md). */

import { ApiError } from '../net/api-error.ts';
import type { Reply } from '../net/probe.ts';
import {
  accepted,
  cannot,
  type Done,
  type Plan,
  type RespondContext,
  type Responder,
  type Target,
} from './responder.ts';

const SELF = '/api/v4/personal_access_tokens/self';
const MAY_ROTATE_ITSELF = new Set(['api', 'self_rotate']);

async function plan(target: Target, context: RespondContext): Promise<Plan> {
  // GitLab gives the ids of its own.
  if (target.verdict.verification.id === undefined)
    return cannot('It is a token of an application: its user revokes it there.');
  return context.action === 'revoke' ? revoke(target, context) : rotate(target, context);
}

function revoke({ token }: Target, { probe }: RespondContext): Plan {
  return {
    kind: 'can',
    how: 'DELETE /personal_access_tokens/self, with the token itself',
    effects: ['It ends for good. Whatever uses it fails from then on.'],
    async run() {
      accepted(await probe.ask({ method: 'DELETE', path: SELF, bearer: token }));
      return {};
    },
  };
}

/** It is known to be active: with a revoked one GitLab would end all that came after it. */
function rotate({ token, verdict }: Target, { probe, own, expires }: RespondContext): Plan {
  const { scopes = [], id, expiresAt } = verdict.verification;
  const date = expires ?? /^\d{4}-\d\d-\d\d/.exec(expiresAt ?? '')?.[0];
  if (date === undefined)
    return cannot(
      'It never expires, and GitLab makes none like that any more: give the last day of the new one, --expires DATE.',
    );
  const query = { expires_at: date };
  const effects = [
    `The new token has the same name, scopes and owner, and expires on ${date}.`,
    'Whatever uses the old one fails from then on, until it has the new one.',
  ];
  if (scopes.some((scope) => MAY_ROTATE_ITSELF.has(scope)))
    return {
      kind: 'can',
      how: 'POST /personal_access_tokens/self/rotate, with the token itself',
      effects,
      run: async () => successorOf(await probe.ask({ method: 'POST', path: `${SELF}/rotate`, query, bearer: token })),
    };
  if (own === undefined || id === undefined)
    return cannot(
      "It may not rotate itself (scope api or self_rotate), and glaive's own token is not there to do it (GLAIVE_GITLAB_TOKEN).",
    );
  return {
    kind: 'can',
    how: `POST /personal_access_tokens/${id}/rotate, with glaive's own token`,
    effects,
    run: async () =>
      successorOf(
        await probe.ask({ method: 'POST', path: `/api/v4/personal_access_tokens/${id}/rotate`, query, bearer: own }),
      ),
  };
}

/** @throws ApiError when there is no new token in the answer */
export function successorOf(reply: Reply): Done {
  const { token, expires_at: expiresAt, token_expires_at: other } = accepted(reply).fields;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{8,4096}$/.test(token))
    throw new ApiError('malformed', 'it said yes, and gave no new token: make one by hand', reply.status);
  const date = typeof expiresAt === 'string' ? expiresAt : other;
  return {
    successor: token,
    ...(typeof date === 'string' && /^[\d:TZ.-]{10,30}$/.test(date) ? { expiresAt: date } : {}),
  };
}

export const accessToken: Responder = { plan };

/**
 * Runner authentication tokens. `/runners/router/discovery` leaves no trace (lib/api/ci/runner.rb); `/runners/verify` marks the
 * runner as seen, and is used only if side effects are allowed. Never `/jobs/request`, which would take a job. They reset
 * themselves: `POST /runners/reset_authentication_token` (doc/api/runners.md).
 */

import { defined } from '../../lib/defined.ts';
import { ACTIVE, resultByStatus, unknownAt, unsupported } from '../check-result.ts';
import {
  type Action,
  asIs,
  type CheckedType,
  type CheckResult,
  type Credential,
  type Plan,
  type RemediationContext,
  type VerifiedCredential,
  type VerifyContext,
} from '../credential-type.ts';
import { newSecretOf } from '../plans.ts';
import { idOf } from '../response-fields.ts';

export const runnerToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke: async (credential, context) => reset(credential, context, 'revoke'),
  rotate: async (credential, context) => reset(credential, context, 'rotate'),
} as const satisfies CheckedType;

async function verify({ token }: Credential, { client, allowSideEffects, clean }: VerifyContext): Promise<CheckResult> {
  const { status } = await client.request({
    path: '/api/v4/runners/router/discovery',
    headers: { 'runner-token': token },
  });
  const active: CheckResult = { status: ACTIVE, details: { owner: { kind: 'runner' } } };
  // 501: the job router is turned off, but GitLab accepted the token.
  if (status !== 404) return resultByStatus(status, { 200: active, 501: active, 403: unknownAt(client) });
  if (!allowSideEffects)
    return unsupported('This GitLab is too old for a read-only check; --allow-side-effects marks the runner as seen.');
  const { status: verified, fields } = await client.request({
    method: 'POST',
    path: '/api/v4/runners/verify',
    form: { token },
  });
  const details = {
    owner: { kind: 'runner' as const, ...defined({ id: idOf(fields['id']) }) },
    ...defined({ expiresAt: clean(fields['token_expires_at']) }),
  };
  return resultByStatus(verified, {
    200: { status: ACTIVE, details: { ...details, notes: ['The runner is now marked as seen.'] } },
    403: unknownAt(client),
    422: {
      status: ACTIVE,
      details: { ...details, notes: ['The project or group of this runner has been deleted.'] },
    },
  });
}

function reset({ token }: VerifiedCredential, { client }: RemediationContext, action: Action): Plan {
  return {
    kind: 'possible',
    how: 'POST /runners/reset_authentication_token, with the token itself',
    effects: [
      'The runner stays, with a new token. It gets no jobs until its config.toml has that token.',
      ...(action === 'revoke'
        ? ['The new token is discarded: reset it once more if you want to use the runner again.']
        : []),
    ],
    async run() {
      const response = await client.request({
        method: 'POST',
        path: '/api/v4/runners/reset_authentication_token',
        form: { token },
        returnsNewSecret: true,
      });
      const result = newSecretOf(response);
      return action === 'revoke' ? {} : result;
    },
  };
}

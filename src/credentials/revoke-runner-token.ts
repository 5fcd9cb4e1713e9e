/** Runner authentication tokens reset themselves: `POST /runners/reset_authentication_token` (doc/api/runners.md). */

import { successorOf } from './revoke-access-token.ts';
import type { Plan, RemediationContext, Remediator, Target } from './remediator.ts';

async function plan({ token }: Target, { probe, action }: RemediationContext): Promise<Plan> {
  return {
    kind: 'can',
    how: 'POST /runners/reset_authentication_token, with the token itself',
    effects: [
      'The runner stays, with a new token. It gets no job until that stands in its config.toml.',
      ...(action === 'revoke'
        ? ['The new token is thrown away: reset it once more where you want to use the runner again.']
        : []),
    ],
    async run() {
      const done = successorOf(
        await probe.request({
          method: 'POST',
          path: '/api/v4/runners/reset_authentication_token',
          form: { token },
          returnsNewSecret: true,
        }),
      );
      return action === 'revoke' ? {} : done;
    },
  };
}

export const runnerToken: Remediator = { plan };

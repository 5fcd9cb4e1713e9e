/** Tokens of Vault and OpenBao revoke themselves, with all that was made by them; batch tokens cannot be revoked. */

import { isBatchToken } from '../vault/answers.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ token, verdict }: Target, { probe, action }: RemediationContext): Promise<Plan> {
  if (isBatchToken(token)) {
    const { expiresAt } = verdict.verification;
    const end = expiresAt === undefined || expiresAt === 'never' ? 'when it expires' : `at ${expiresAt}`;
    const why = `A batch token cannot be ${action === 'revoke' ? 'revoked' : 'rotated'}. It ends by itself ${end}; sooner only with the token that made it, if it is no orphan.`;
    return { kind: 'cannot', why, isOnlyWay: true };
  }
  if (action === 'rotate') return cannot('Vault tokens are not rotated: sign in again, and revoke this one.');
  return {
    kind: 'can',
    how: 'POST /v1/auth/token/revoke-self, with the token itself',
    effects: ['It ends for good, and so do the tokens and leases that were made with it.'],
    async run() {
      accepted(
        await probe.request({
          method: 'POST',
          path: '/v1/auth/token/revoke-self',
          headers: { 'x-vault-token': token },
        }),
      );
      return {};
    },
  };
}

export const vaultToken: Remediator = { plan };

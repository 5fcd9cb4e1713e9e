/** What GitLab knows by its beginning, by an administrator: `DELETE /admin/token` (lib/api/admin/token.rb). */

import { asAdminTakesIt } from '../gitlab/admin-token.ts';
import { ApiError } from '../http/api-error.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan(
  { ruleId, token: secret, hint }: Target,
  { probe, own, asAdmin, action }: RemediationContext,
): Promise<Plan> {
  if (!asAdmin || own === undefined) return cannot('It is ended by hand, or by an administrator: --admin.');
  const token = asAdminTakesIt(ruleId, secret, hint('cookie'));
  if (token === undefined) return cannot('The API for administrators does not know its kind.');
  if (action === 'rotate') return cannot('It cannot be rotated: make a new one, then revoke this one.');
  return {
    kind: 'can',
    how: "DELETE /admin/token, with glaive's own token",
    effects: ['It is revoked, expires or is reset, as its kind has it. Whatever uses it fails from then on.'],
    async run() {
      const reply = await probe.request({
        method: 'DELETE',
        path: '/api/v4/admin/token',
        json: { token },
        bearer: own,
      });
      // lib/authn/tokens/: a kind, or a token of a user, that it does not end.
      if (reply.status === 400) throw new ApiError('refused', 'GitLab ends none of its kind that way', 400);
      accepted(reply);
      return {};
    },
  };
}

export const admin: Remediator = { plan };

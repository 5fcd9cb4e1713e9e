/** Any kind, by an administrator: `DELETE /admin/token` (lib/api/admin/token.rb, doc/api/admin/token.md). */

import { accepted, cannot, type Plan, type RespondContext, type Responder, type Target } from './responder.ts';

async function plan({ token }: Target, { probe, own, asAdmin, action }: RespondContext): Promise<Plan> {
  if (!asAdmin || own === undefined) return cannot('It is ended by hand, or by an administrator: --admin.');
  if (action === 'rotate') return cannot('It cannot be rotated: make a new one, then revoke this one.');
  return {
    kind: 'can',
    how: "DELETE /admin/token, with glaive's own token",
    effects: ['It is revoked, expires or is reset, as its kind has it. Whatever uses it fails from then on.'],
    async run() {
      accepted(await probe.ask({ method: 'DELETE', path: '/api/v4/admin/token', json: { token }, bearer: own }));
      return {};
    },
  };
}

export const admin: Responder = { plan };

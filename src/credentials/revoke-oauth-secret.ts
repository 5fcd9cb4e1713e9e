/** Secrets of OAuth applications are renewed by administrators (doc/api/applications.md). */

import { isRecord } from '../lib/is-record.ts';
import { successorOf } from './revoke-access-token.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ hint }: Target, { probe, own, action, asAdmin }: RemediationContext): Promise<Plan> {
  if (own === undefined || !asAdmin)
    return cannot("The application's owner renews it on its page, or an administrator: --admin.");
  const application = hint('application');
  const reply = accepted(
    await probe.request({ path: '/api/v4/applications', query: { per_page: '100' }, bearer: own }),
  );
  const id = reply.items.filter(isRecord).find((entry) => entry['application_id'] === application)?.['id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    return cannot('The instance has no such application; one of a user or group is renewed on its page.');
  return {
    kind: 'can',
    how: `POST /applications/${id}/renew-secret, with glaive's own token`,
    effects: [
      'The application signs nobody in until it has the new secret.',
      ...(action === 'revoke' ? ['The new one is thrown away: renew it once more to use it.'] : []),
    ],
    async run() {
      const path = `/api/v4/applications/${id}/renew-secret`;
      const renewed = accepted(await probe.request({ method: 'POST', path, bearer: own, returnsNewSecret: true }));
      return action === 'rotate' ? successorOf(renewed, 'secret') : {};
    },
  };
}

export const oauthSecret: Remediator = { plan };

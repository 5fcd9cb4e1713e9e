/** OAuth access tokens, once GitLab has told them from its own: `GET /oauth/token/info` (Doorkeeper). */

import { rankScopes } from './scopes.ts';
import {
  ACTIVE,
  type Checked,
  idOf,
  known,
  type Credential,
  textsOf,
  unclear,
  unknownAt,
  type VerifyContext,
} from './verifier.ts';

export async function verifyOAuthToken({ token }: Credential, { probe, clean }: VerifyContext): Promise<Checked> {
  const { status, fields } = await probe.request({ path: '/oauth/token/info', bearer: token });
  if (status === 401) return unknownAt(probe);
  const { scope, expires_in: left } = fields;
  if (status !== 200 || !Array.isArray(scope)) return unclear(status);
  const isSeconds = typeof left === 'number' && Number.isSafeInteger(left) && left >= 0;
  return {
    status: ACTIVE,
    details: {
      scopes: rankScopes(textsOf(scope, { clean })),
      owner: { kind: 'human', ...known({ id: idOf(fields['resource_owner_id']) }) },
      notes: [
        'Its first use has ended the refresh token before it.',
        ...(isSeconds ? [`It expires in ${left} seconds.`] : []),
      ],
    },
  };
}

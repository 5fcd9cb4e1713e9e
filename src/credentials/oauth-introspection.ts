/** `GET /oauth/token/info` (Doorkeeper): GitLab's description of an OAuth access token. */

import { defined } from '../lib/defined.ts';
import { ACTIVE, unexpected, unknownAt } from './check-result.ts';
import type { CheckResult, Credential, VerifyContext } from './credential-type.ts';
import { idOf, textsOf } from './response-fields.ts';
import { rankScopes } from './scopes.ts';

export async function checkOAuthToken({ token }: Credential, { client, clean }: VerifyContext): Promise<CheckResult> {
  const { status, fields } = await client.request({ path: '/oauth/token/info', bearer: token });
  if (status === 401) return unknownAt(client);
  const { scope, expires_in: left } = fields;
  if (status !== 200 || !Array.isArray(scope)) return unexpected(status);
  const isSeconds = typeof left === 'number' && Number.isSafeInteger(left) && left >= 0;
  return {
    status: ACTIVE,
    details: {
      scopes: rankScopes(textsOf(scope, { clean })),
      owner: { kind: 'human', ...defined({ id: idOf(fields['resource_owner_id']) }) },
      notes: [
        'Using it for the first time has ended the refresh token before it.',
        ...(isSeconds ? [`It expires in ${left} seconds.`] : []),
      ],
    },
  };
}

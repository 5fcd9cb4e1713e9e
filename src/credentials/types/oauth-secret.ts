/**
 * Secrets of OAuth applications. Introspection of an invalid token changes nothing (RFC 7662), whereas
 * `grant_type=client_credentials` would create a token. Administrators renew the secret (doc/api/applications.md).
 */

import { isRecord } from '../../lib/is-record.ts';
import { ACTIVE, unexpected, unknownAt, unsupported } from '../check-result.ts';
import {
  asIs,
  type Action,
  type CheckedType,
  type CheckResult,
  type Credential,
  type Plan,
  type RemediationContext,
  type VerifiedCredential,
  type VerifyContext,
} from '../credential-type.ts';
import { assertSuccess, cannot, newSecretOf } from '../plans.ts';

export const oauthSecret = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke: async (credential, context) => await renew(credential, context, 'revoke'),
  rotate: async (credential, context) => await renew(credential, context, 'rotate'),
} as const satisfies CheckedType;

async function verify({ token, hint }: Credential, { client }: VerifyContext): Promise<CheckResult> {
  const application = hint('application');
  if (application === undefined) return unsupported('The id of its application was not found next to it.');
  const { status, fields } = await client.request({
    method: 'POST',
    path: '/oauth/introspect',
    basic: [application, token],
    form: { token: 'x' },
  });
  if (status === 200 && fields['active'] === false) return { status: ACTIVE };
  return status === 401 ? unknownAt(client) : unexpected(status);
}

async function renew(
  { hint }: VerifiedCredential,
  { client, ownToken, useAdminApi }: RemediationContext,
  action: Action,
): Promise<Plan> {
  if (ownToken === undefined || !useAdminApi)
    return cannot("The application's owner renews it on its page, or an administrator with --admin.");
  const list = await client.request({ path: '/api/v4/applications', query: { per_page: '100' }, bearer: ownToken });
  const application = assertSuccess(list)
    .items.filter(isRecord)
    .find((entry) => entry['application_id'] === hint('application'));
  const id = application?.['id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    return cannot('The instance has no such application; one of a user or group is renewed on its own page.');
  return {
    kind: 'possible',
    how: `POST /applications/${id}/renew-secret, with glaive's own token`,
    effects: [
      'Sign-in with the application fails until it has the new secret.',
      ...(action === 'revoke' ? ['The new secret is discarded: renew it once more to use the application.'] : []),
    ],
    async run() {
      const path = `/api/v4/applications/${id}/renew-secret`;
      const response = await client.request({ method: 'POST', path, bearer: ownToken, returnsNewSecret: true });
      assertSuccess(response);
      return action === 'rotate' ? newSecretOf(response, 'secret') : {};
    },
  };
}

/**
 * Secrets of OAuth applications: introspection of a token that is none changes nothing (RFC 7662). Never
 * `grant_type=client_credentials`, with which a good secret mints a token.
 */

import {
  ACTIVE,
  type Checked,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token, hint }: Credential, { probe }: VerifyContext): Promise<Checked> {
  const application = hint('application');
  if (application === undefined) return unsupported("Its application's id does not stand beside it.");
  const { status, fields } = await probe.request({
    method: 'POST',
    path: '/oauth/introspect',
    basic: [application, token],
    form: { token: 'x' },
  });
  if (status === 200 && fields['active'] === false) return { status: ACTIVE };
  return status === 401 ? unknownAt(probe) : unclear(status);
}

export const oauthSecret: Verifier = { verify };

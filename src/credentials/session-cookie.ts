/** Session cookies: each use prolongs the session, so they are tried only where that is allowed. */

import { cookieWith } from '../gitlab/admin-token.ts';
import { ownerOf } from './access-token.ts';
import {
  ACTIVE,
  type Checked,
  idOf,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token, hint }: Credential, context: VerifyContext): Promise<Checked> {
  const { probe, mayAct } = context;
  if (!mayAct) return unsupported('Asking would prolong the session; --allow-side-effects does so.');
  const { status, fields } = await probe.request({
    path: '/api/v4/user',
    headers: { cookie: cookieWith(token, hint('cookie')) },
  });
  if (status === 401) return unknownAt(probe);
  if (status !== 200 || idOf(fields['id']) === undefined) return unclear(status);
  return { status: ACTIVE, details: { owner: ownerOf(fields, context), notes: ['The session is prolonged now.'] } };
}

export const sessionCookie: Verifier = { verify };

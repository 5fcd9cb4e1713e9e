/** Session cookies. Each use extends the session, so they are checked only if side effects are allowed. */

import { ACTIVE, unexpected, unknownAt, unsupported } from '../check-result.ts';
import type { CheckedType, CheckResult, Credential, VerifyContext } from '../credential-type.ts';
import { idOf, ownerOf } from '../response-fields.ts';

export const sessionCookie = { issuer: 'gitlab', adminForm: cookie, verify } as const satisfies CheckedType;

/** GitLab's default; Geo secondaries and development instances have others (config/initializers/session_store.rb). */
const DEFAULT_NAME = '_gitlab_session';

/** As a browser sends it. */
function cookie({ token, hint }: Credential): string {
  return `${hint('cookie') ?? DEFAULT_NAME}=${token}`;
}

async function verify(credential: Credential, context: VerifyContext): Promise<CheckResult> {
  const { client, allowSideEffects } = context;
  if (!allowSideEffects) return unsupported('A check would extend the session; --allow-side-effects permits that.');
  const { status, fields } = await client.request({
    path: '/api/v4/user',
    headers: { cookie: cookie(credential) },
  });
  if (status === 401) return unknownAt(client);
  if (status !== 200 || idOf(fields['id']) === undefined) return unexpected(status);
  return { status: ACTIVE, details: { owner: ownerOf(fields, context), notes: ['This check extended the session.'] } };
}

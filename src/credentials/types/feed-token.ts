/** Feed tokens. GitLab accepts them in the address only (lib/gitlab/auth/auth_finders.rb). */

import { ACTIVE, resultByStatus, unexpected, unknownAt, unsupported } from '../check-result.ts';
import { asIs, type CheckedType, type CheckResult, type Credential, type VerifyContext } from '../credential-type.ts';

export const feedToken = { issuer: 'gitlab', adminForm: asIs, verify } as const satisfies CheckedType;

/** A token for a single path ends in the id of its user, and only that path accepts it. */
const FOR_ONE_PATH = /[0-9a-f]{64}-\d+$/;

async function verify({ token }: Credential, { client }: VerifyContext): Promise<CheckResult> {
  if (FOR_ONE_PATH.test(token)) return unsupported('It works for one path only, and does not show which.');
  const { status, text } = await client.request({
    path: '/dashboard/projects.atom',
    query: { feed_token: token },
    headers: { accept: 'application/atom+xml' },
  });
  if (status === 200 && !text.includes('<feed')) return unexpected(status);
  return resultByStatus(status, {
    200: {
      status: ACTIVE,
      details: { notes: ["The token is now in the server's request log, as after every use."] },
    },
    // GitLab redirects to the sign-in page.
    302: unknownAt(client),
    401: unknownAt(client),
  });
}

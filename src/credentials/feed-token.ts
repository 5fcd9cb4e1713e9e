/** Feed tokens: GitLab takes them in the address alone (lib/gitlab/auth/auth_finders.rb). */

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

/** A token for one path ends with that of its user; only that path knows it. */
const OF_A_PATH = /[0-9a-f]{64}-\d+$/;

async function verify({ token }: Credential, { probe }: VerifyContext): Promise<Checked> {
  if (OF_A_PATH.test(token)) return unsupported('It is good for one path only, and tells not which.');
  const { status, text } = await probe.request({
    path: '/dashboard/projects.atom',
    query: { feed_token: token },
    headers: { accept: 'application/atom+xml' },
  });
  if (status === 200 && text.includes('<feed'))
    return { status: ACTIVE, details: { notes: ["It stands in the server's log of requests now, as with each use."] } };
  // Who is not let in is led to the page to sign in.
  return status === 401 || status === 302 ? unknownAt(probe) : unclear(status);
}

export const feedToken: Verifier = { verify };

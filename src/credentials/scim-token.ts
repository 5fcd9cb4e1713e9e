/** SCIM tokens of an instance or a group (doc/development/internal_api, api/scim): one user is asked for, and not kept. */

import {
  ACTIVE,
  type Checked,
  type Credential,
  unclear,
  unknownAt,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token, hint }: Credential, { probe }: VerifyContext): Promise<Checked> {
  const group = hint('project');
  const path =
    group === undefined ? '/api/scim/v2/application/Users' : `/api/scim/v2/groups/${encodeURIComponent(group)}/Users`;
  const { status } = await probe.request({ path, query: { count: '1' }, bearer: token });
  if (status === 200) return { status: ACTIVE, details: { owner: { kind: 'group' } } };
  return status === 401 || status === 404 ? unknownAt(probe) : unclear(status);
}

export const scimToken: Verifier = { verify };

/** SCIM tokens of an instance or a group (doc/development/internal_api, api/scim). The check requests one user, and drops it. */

import { ACTIVE, resultByStatus, unknownAt } from '../check-result.ts';
import type { CheckedType, CheckResult, Credential, VerifyContext } from '../credential-type.ts';

export const scimToken = { issuer: 'gitlab', verify } as const satisfies CheckedType;

async function verify({ token, hint }: Credential, { client }: VerifyContext): Promise<CheckResult> {
  const group = hint('project');
  const path =
    group === undefined ? '/api/scim/v2/application/Users' : `/api/scim/v2/groups/${encodeURIComponent(group)}/Users`;
  const { status } = await client.request({ path, query: { count: '1' }, bearer: token });
  return resultByStatus(status, {
    200: { status: ACTIVE, details: { owner: { kind: 'group' } } },
    401: unknownAt(client),
    404: unknownAt(client),
  });
}

/**
 * Runner registration tokens. No request checks one, so a reset replaces the current one, whichever that is (doc/api/runners.md):
 * a maintainer resets the token of a project, an administrator that of the instance.
 */

import { encodedProject } from '../../gitlab/project-path.ts';
import type { Plan, RemediationContext, UncheckedType, VerifiedCredential } from '../credential-type.ts';
import { assertSuccess, cannot, never } from '../plans.ts';

export const registrationToken = {
  issuer: 'none',
  reason: 'GitLab has no read-only request for this type.',
  revocableWithoutCheck: true,
  revoke,
  rotate: never('Registration tokens are reset, not rotated; prefer runners with tokens of their own.'),
} as const satisfies UncheckedType;

async function revoke(
  { facts, hint }: VerifiedCredential,
  { client, ownToken, useAdminApi }: RemediationContext,
): Promise<Plan> {
  if (ownToken === undefined)
    return cannot('It needs a token of a maintainer of the project or of an administrator (GLAIVE_GITLAB_TOKEN).');
  const project = facts.project ?? hint('project');
  if (project === undefined && !useAdminApi)
    return cannot(
      'Nothing next to it shows whether it belongs to a project, a group or the instance. --admin resets that of the instance.',
    );
  const owner = project === undefined ? '' : `/projects/${encodedProject(project)}`;
  const path = `${owner}/runners/reset_registration_token`;
  return {
    kind: 'possible',
    how: `POST ${path}, with glaive's own token`,
    effects: ['No runner can register with the old token any more. Registered runners continue to work.'],
    async run() {
      assertSuccess(await client.request({ method: 'POST', path: `/api/v4${path}`, bearer: ownToken }));
      return {};
    },
  };
}

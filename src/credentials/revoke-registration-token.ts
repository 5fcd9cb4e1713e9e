/**
 * Runner registration tokens are reset, whichever is the present one: nobody can be asked about them (doc/api/runners.md).
 * That of a project needs its maintainer, that of the instance an administrator.
 */

import { encodedProject } from '../gitlab/project-path.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ facts, hint }: Target, { probe, own, action, asAdmin }: RemediationContext): Promise<Plan> {
  if (action === 'rotate')
    return cannot('Registration tokens are reset, not rotated; better make runners with tokens of their own.');
  if (own === undefined)
    return cannot(
      "glaive's own token is needed (GLAIVE_GITLAB_TOKEN), of a maintainer of the project or an administrator.",
    );
  const project = facts.project ?? hint('project');
  if (project === undefined && !asAdmin)
    return cannot(
      'Whose it is does not stand beside it: a project, a group or the instance. --admin resets that of the instance.',
    );
  const owner = project === undefined ? '' : `/projects/${encodedProject(project)}`;
  const path = `${owner}/runners/reset_registration_token`;
  return {
    kind: 'can',
    how: `POST ${path}, with glaive's own token`,
    effects: ['No runner can be registered with the old one any more. Those that are registered go on.'],
    async run() {
      accepted(await probe.request({ method: 'POST', path: `/api/v4${path}`, bearer: own }));
      return {};
    },
  };
}

export const registrationToken: Remediator = { isBlind: true, plan };

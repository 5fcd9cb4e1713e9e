/** Deploy tokens are revoked by who maintains the project or owns the group (doc/api/deploy_tokens.md). */

import { encodedProject } from '../gitlab/project-path.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ facts, hint }: Target, { probe, own, action }: RemediationContext): Promise<Plan> {
  if (action === 'rotate') return cannot('Deploy tokens cannot be rotated: make a new one, then revoke this one.');
  const id = /^gitlab\+deploy-token-(\d{1,12})$/.exec(hint('user') ?? '')?.[1];
  const project = facts.project ?? hint('project');
  if (own === undefined)
    return cannot(
      "glaive's own token is needed (GLAIVE_GITLAB_TOKEN), of a maintainer of the project or an owner of the group.",
    );
  if (id === undefined || (project === undefined && facts.group === undefined))
    return cannot('Its user name (gitlab+deploy-token-N) and its project are needed, and do not stand beside it.');
  const owner = project === undefined ? `groups/${facts.group}` : `projects/${encodedProject(project)}`;
  return {
    kind: 'can',
    how: `DELETE /${owner}/deploy_tokens/${id}, with glaive's own token`,
    effects: ['It ends for good. Pulls of code, packages and images that use it fail from then on.'],
    async run() {
      accepted(await probe.request({ method: 'DELETE', path: `/api/v4/${owner}/deploy_tokens/${id}`, bearer: own }));
      return {};
    },
  };
}

export const deployToken: Remediator = { plan };

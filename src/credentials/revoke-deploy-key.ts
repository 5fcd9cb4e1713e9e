/** Deploy keys of a project are known by the fingerprint of their public half, and deleted (doc/api/deploy_keys.md). */

import { encodedProject } from '../gitlab/project-path.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ hint, verdict }: Target, { probe, own, action }: RemediationContext): Promise<Plan> {
  if (action === 'rotate') return cannot('Make a new key, put it where the old one is used, then revoke this one.');
  const project = hint('project');
  const { id, owner } = verdict.verification;
  if (own === undefined || project === undefined || id === undefined || owner?.kind !== 'project')
    return cannot('A key of a user is deleted by its user, on the page below.');
  const path = `/projects/${encodedProject(project)}/deploy_keys/${id}`;
  return {
    kind: 'can',
    how: `DELETE ${path}, with glaive's own token`,
    effects: [
      'The key opens this project no more. Where it is a deploy key of other projects, too, it still opens those.',
    ],
    async run() {
      accepted(await probe.request({ method: 'DELETE', path: `/api/v4${path}`, bearer: own }));
      return {};
    },
  };
}

export const deployKey: Remediator = { plan };

/** Job tokens end with their job: it is cancelled (doc/api/jobs.md). */

import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ verdict }: Target, { probe, own, action }: RemediationContext): Promise<Plan> {
  if (action === 'rotate') return cannot('Each job has its own: cancel this one, and run it again.');
  const { id, project } = verdict.verification;
  if (id === undefined || project === undefined) return cannot('Its job is not known.');
  if (own === undefined)
    return cannot("It ends with its job; to cancel that, glaive's own token is needed (GLAIVE_GITLAB_TOKEN).");
  const path = `/projects/${project}/jobs/${id}/cancel`;
  return {
    kind: 'can',
    how: `POST ${path}, with glaive's own token`,
    effects: ['The job is cancelled, and its token ends with it.'],
    async run() {
      accepted(await probe.request({ method: 'POST', path: `/api/v4${path}`, bearer: own }));
      return {};
    },
  };
}

export const jobToken: Remediator = { plan };

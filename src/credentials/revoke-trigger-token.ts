/** Trigger tokens are deleted by who maintains the project (doc/api/pipeline_triggers.md). */

import { encodedProject } from '../gitlab/project-path.ts';
import { isRecord } from '../lib/is-record.ts';
import type { JsonResponse } from '../http/json-client.ts';
import { accepted, cannot, type Plan, type RemediationContext, type Remediator, type Target } from './remediator.ts';

async function plan({ token, facts, hint }: Target, { probe, own, action }: RemediationContext): Promise<Plan> {
  if (action === 'rotate') return cannot('Trigger tokens cannot be rotated: make a new one, then revoke this one.');
  const project = facts.project ?? hint('project');
  if (own === undefined || project === undefined)
    return cannot("Its project, and glaive's own token (GLAIVE_GITLAB_TOKEN) of a maintainer, are needed.");
  const list = `/api/v4/projects/${encodedProject(project)}/triggers`;
  const reply = accepted(await probe.request({ path: list, query: { per_page: '100' }, bearer: own }));
  const ids = idsOf(reply, token);
  const [id] = ids;
  if (id === undefined || ids.length > 1)
    return cannot(
      id === undefined
        ? 'The project has no such trigger that glaive may see.'
        : 'Several triggers of the project begin alike, and GitLab shows them whole to their owners alone.',
    );
  return {
    kind: 'can',
    how: `DELETE /projects/${project}/triggers/${id}, with glaive's own token`,
    effects: ['It ends for good. Whatever starts pipelines with it fails from then on.'],
    async run() {
      accepted(await probe.request({ method: 'DELETE', path: `${list}/${id}`, bearer: own }));
      return {};
    },
  };
}

/** GitLab shows a token whole to its owner, and the first four characters of it to others; the prefix may be left out. */
function idsOf({ items }: JsonResponse, token: string): number[] {
  const bare = token.replace(/^.*glptt-/, '');
  return items.filter(isRecord).flatMap(({ id, token: shown }) => {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof shown !== 'string' || shown.length < 4) return [];
    return token.startsWith(shown) || bare.startsWith(shown) ? [id] : [];
  });
}

export const triggerToken: Remediator = { plan };

/**
 * Pipeline trigger tokens. GitLab checks the token before the ref, so a request with a ref that cannot exist starts no pipeline
 * (app/services/ci/pipeline_trigger_service.rb). A maintainer of the project deletes them (doc/api/pipeline_triggers.md).
 */

import { randomUUID } from 'node:crypto';
import { encodedProject } from '../../gitlab/project-path.ts';
import type { JsonResponse } from '../../http/json-client.ts';
import { isRecord } from '../../lib/is-record.ts';
import { ACTIVE, resultByStatus, unknownAt, unsupported } from '../check-result.ts';
import {
  asIs,
  type CheckedType,
  type CheckResult,
  type Credential,
  type Plan,
  type RemediationContext,
  type VerifiedCredential,
  type VerifyContext,
} from '../credential-type.ts';
import { assertSuccess, cannot, never } from '../plans.ts';
import { projectOf } from '../response-fields.ts';

export const triggerToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke,
  rotate: never('Trigger tokens cannot be rotated: create a new one, then revoke this one.'),
} as const satisfies CheckedType;

async function verify(credential: Credential, { client }: VerifyContext): Promise<CheckResult> {
  const project = projectOf(credential);
  if (project === undefined)
    return unsupported('Its project is not known: neither the token nor its context names one.');
  const { status } = await client.request({
    method: 'POST',
    path: `/api/v4/projects/${project}/trigger/pipeline`,
    form: { token: credential.token, ref: `glaive-no-such-ref-${randomUUID()}` },
  });
  return resultByStatus(status, {
    400: { status: ACTIVE, details: { owner: { kind: 'project' } } },
    401: unknownAt(client),
    404: unknownAt(client),
  });
}

async function revoke(
  { token, facts, hint }: VerifiedCredential,
  { client, ownToken }: RemediationContext,
): Promise<Plan> {
  const project = facts.project ?? hint('project');
  if (ownToken === undefined || project === undefined)
    return cannot('It needs its project, and a token of a maintainer (GLAIVE_GITLAB_TOKEN).');
  const list = `/api/v4/projects/${encodedProject(project)}/triggers`;
  const response = await client.request({ path: list, query: { per_page: '100' }, bearer: ownToken });
  const [id, ...others] = idsOf(assertSuccess(response), token);
  if (id === undefined) return cannot('The project has no such trigger that glaive may see.');
  if (others.length > 0)
    return cannot('Several triggers of the project begin alike, and GitLab shows the whole token to its owner only.');
  return {
    kind: 'possible',
    how: `DELETE /projects/${project}/triggers/${id}, with glaive's own token`,
    effects: ['It ends for good. Everything that starts pipelines with it fails from then on.'],
    async run() {
      assertSuccess(await client.request({ method: 'DELETE', path: `${list}/${id}`, bearer: ownToken }));
      return {};
    },
  };
}

/** GitLab shows the whole token to its owner, and its first four characters, with or without the prefix, to others. */
function idsOf({ items }: JsonResponse, token: string): number[] {
  const bare = token.replace(/^.*glptt-/, '');
  return items.filter(isRecord).flatMap(({ id, token: shown }) => {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof shown !== 'string' || shown.length < 4) return [];
    return token.startsWith(shown) || bare.startsWith(shown) ? [id] : [];
  });
}

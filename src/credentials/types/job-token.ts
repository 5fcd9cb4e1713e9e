/** Job tokens. They are valid while the job runs; `GET /job` returns the job, and cancelling that ends the token (doc/api/jobs.md). */

import { errorFromFields } from '../../gitlab/api-errors.ts';
import { defined } from '../../lib/defined.ts';
import { isRecord } from '../../lib/is-record.ts';
import { ACTIVE, resultOfRefusal, unexpected } from '../check-result.ts';
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
import { idOf, ownerOf } from '../response-fields.ts';

export const jobToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke,
  rotate: never('Each job has a token of its own: cancel this job and run it again.'),
} as const satisfies CheckedType;

async function verify({ token }: Credential, context: VerifyContext): Promise<CheckResult> {
  const { client, getWithOwnToken, clean } = context;
  const response = await client.request({ path: '/api/v4/job', headers: { 'job-token': token } });
  if (response.status !== 200) return resultOfRefusal(response, client);
  const { id, name, user, pipeline } = response.fields;
  if (idOf(id) === undefined) return unexpected(response.status);
  const project = isRecord(pipeline) ? idOf(pipeline['project_id']) : undefined;
  const notes = [`It belongs to job ${idOf(id)}, and is valid while that runs.`];
  if (project !== undefined && getWithOwnToken !== undefined) notes.push(await accessNote(project, getWithOwnToken));
  return {
    status: ACTIVE,
    details: {
      ...defined({ id: idOf(id), project, name: clean(name) }),
      ...(isRecord(user) ? { owner: ownerOf(user, context) } : {}),
      notes,
    },
  };
}

/** Which other projects have access by their job tokens: all of them if the project's allowlist is turned off. */
async function accessNote(project: string, get: NonNullable<VerifyContext['getWithOwnToken']>): Promise<string> {
  let why = '';
  try {
    const { status, fields } = await get(`/api/v4/projects/${project}/job_token_scope`);
    if (status === 200 && fields['inbound_enabled'] === false)
      return 'Job tokens of any project can access this one: its allowlist is turned off.';
    if (status === 200 && fields['inbound_enabled'] === true)
      return 'Only job tokens of projects on the allowlist can access this one.';
    why = `: ${errorFromFields(status, fields).message}`;
  } catch {
    // The note below covers it.
  }
  return `Its job token allowlist could not be read${why}.`;
}

async function revoke({ verdict }: VerifiedCredential, { client, ownToken }: RemediationContext): Promise<Plan> {
  const { id, project } = verdict.verification;
  if (id === undefined || project === undefined) return cannot('Its job is not known.');
  if (ownToken === undefined)
    return cannot('It ends with its job; to cancel that, glaive needs a token of its own (GLAIVE_GITLAB_TOKEN).');
  const path = `/projects/${project}/jobs/${id}/cancel`;
  return {
    kind: 'possible',
    how: `POST ${path}, with glaive's own token`,
    effects: ['The job is cancelled, and its token ends with it.'],
    async run() {
      assertSuccess(await client.request({ method: 'POST', path: `/api/v4${path}`, bearer: ownToken }));
      return {};
    },
  };
}

/** Job tokens: valid while the job runs. `GET /job` tells which it is (doc/api/jobs.md). */

import { errorFromFields } from '../gitlab/api-errors.ts';
import { isRecord } from '../lib/is-record.ts';
import { ownerOf } from './access-token.ts';
import {
  ACTIVE,
  type Checked,
  idOf,
  known,
  refusal,
  type Credential,
  unclear,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token }: Credential, context: VerifyContext): Promise<Checked> {
  const { probe, own, clean } = context;
  const reply = await probe.request({ path: '/api/v4/job', headers: { 'job-token': token } });
  if (reply.status !== 200) return refusal(reply, probe);
  const { id, name, user, pipeline } = reply.fields;
  if (idOf(id) === undefined) return unclear(reply.status);
  const project = isRecord(pipeline) ? idOf(pipeline['project_id']) : undefined;
  const notes = [`It is that of job ${idOf(id)}, and valid while that runs.`];
  if (project !== undefined && own !== undefined) notes.push(await scopeOf(project, own));
  const title = clean(name);
  return {
    status: ACTIVE,
    details: {
      ...known({ id: idOf(id), project }),
      ...(title === undefined ? {} : { name: title }),
      ...(isRecord(user) ? { owner: ownerOf(user, context) } : {}),
      notes,
    },
  };
}

/** Which other projects let it in: every one, when the project's list is switched off. */
async function scopeOf(project: string, own: NonNullable<VerifyContext['own']>): Promise<string> {
  let why = '';
  try {
    const { status, fields } = await own(`/api/v4/projects/${project}/job_token_scope`);
    if (status === 200 && fields['inbound_enabled'] === false)
      return 'Any project may reach this one by its job token: the list of those that may is switched off.';
    if (status === 200 && fields['inbound_enabled'] === true)
      return 'Only listed projects may reach this one by their job tokens.';
    why = `: ${errorFromFields(status, fields).message}`;
  } catch {
    // Said below.
  }
  return `Which projects may reach this one by their job tokens could not be asked${why}.`;
}

export const jobToken: Verifier = { verify };

/**
 * Pipeline trigger tokens: GitLab looks at the token before it looks for the ref, so a ref that cannot exist tells
 * (app/services/ci/pipeline_trigger_service.rb). An existing one would start a pipeline.
 */

import { randomUUID } from 'node:crypto';
import {
  ACTIVE,
  type Checked,
  projectOf,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify(suspect: Credential, { probe }: VerifyContext): Promise<Checked> {
  const project = projectOf(suspect);
  if (project === undefined)
    return unsupported('Its project is not known: neither the token tells it nor what stands beside it.');
  const { status } = await probe.request({
    method: 'POST',
    path: `/api/v4/projects/${project}/trigger/pipeline`,
    form: { token: suspect.token, ref: `glaive-no-such-ref-${randomUUID()}` },
  });
  if (status === 400) return { status: ACTIVE, details: { owner: { kind: 'project' } } };
  return status === 404 || status === 401 ? unknownAt(probe) : unclear(status);
}

export const triggerToken: Verifier = { verify };

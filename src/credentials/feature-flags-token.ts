/**
 * Client tokens of feature flags (lib/api/unleash.rb). GitLab looks the project up by its number alone: with a path the answer is
 * that of a token that it does not know (app/models/operations/feature_flags_client.rb).
 */

import {
  ACTIVE,
  type Checked,
  idOf,
  projectOf,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify(suspect: Credential, context: VerifyContext): Promise<Checked> {
  const { probe } = context;
  const project = projectOf(suspect);
  if (project === undefined)
    return unsupported('Its project is not known: neither the token tells it nor what stands beside it.');
  const number = /^\d+$/.test(project) ? project : await numberOf(project, context);
  if (number === undefined)
    return unsupported('GitLab asks for the number of its project, and only the path is known.');
  const { status } = await probe.request({
    path: `/api/v4/feature_flags/unleash/${number}`,
    headers: { 'unleash-instanceid': suspect.token },
  });
  if (status === 200) return { status: ACTIVE, details: { owner: { kind: 'project' } } };
  return status === 401 ? unknownAt(probe) : unclear(status);
}

/** Of a project that glaive's own token may see, or anybody. */
async function numberOf(project: string, { probe, own }: VerifyContext): Promise<string | undefined> {
  const path = `/api/v4/projects/${project}`;
  const { status, fields } = own === undefined ? await probe.request({ path }) : await own(path);
  return status === 200 ? idOf(fields['id']) : undefined;
}

export const featureFlagsToken: Verifier = { verify };

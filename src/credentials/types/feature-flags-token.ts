/**
 * Client tokens of feature flags (lib/api/unleash.rb). GitLab finds the project by its numeric id only: with a path it responds
 * as to an unknown token (app/models/operations/feature_flags_client.rb).
 */

import { ACTIVE, resultByStatus, unknownAt, unsupported } from '../check-result.ts';
import { asIs, type CheckedType, type CheckResult, type Credential, type VerifyContext } from '../credential-type.ts';
import { idOf, projectOf } from '../response-fields.ts';

export const featureFlagsToken = { issuer: 'gitlab', adminForm: asIs, verify } as const satisfies CheckedType;

async function verify(credential: Credential, context: VerifyContext): Promise<CheckResult> {
  const { client } = context;
  const project = projectOf(credential);
  if (project === undefined)
    return unsupported('Its project is not known: neither the token nor its context names one.');
  const id = /^\d+$/.test(project) ? project : await idOfProject(project, context);
  if (id === undefined)
    return unsupported('The request needs the numeric id of its project, and only the path is known.');
  const { status } = await client.request({
    path: `/api/v4/feature_flags/unleash/${id}`,
    headers: { 'unleash-instanceid': credential.token },
  });
  return resultByStatus(status, {
    200: { status: ACTIVE, details: { owner: { kind: 'project' } } },
    401: unknownAt(client),
  });
}

async function idOfProject(project: string, { client, getWithOwnToken }: VerifyContext): Promise<string | undefined> {
  const path = `/api/v4/projects/${project}`;
  const { status, fields } = await (getWithOwnToken?.(path) ?? client.request({ path }));
  return status === 200 ? idOf(fields['id']) : undefined;
}

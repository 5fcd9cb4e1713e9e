/**
 * Deploy tokens. The Conan registry checks them without user name and project
 * (lib/api/concerns/packages/conan/shared_endpoints.rb); where it is turned off, one request of Git over HTTP does. A maintainer
 * of the project or an owner of the group revokes them (doc/api/deploy_tokens.md).
 */

import { encodedProject } from '../../gitlab/project-path.ts';
import { ACTIVE, resultByStatus, unexpected, unknownAt, unsupported } from '../check-result.ts';
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

export const deployToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke,
  rotate: never('Deploy tokens cannot be rotated: create a new one, then revoke this one.'),
} as const satisfies CheckedType;

const CHECK = '/api/v4/packages/conan/v1/users/check_credentials';

async function verify({ token, hint }: Credential, { client }: VerifyContext): Promise<CheckResult> {
  const { status } = await client.request({ path: CHECK, basic: ['x', token] });
  if (status !== 404) return resultByStatus(status, { 200: { status: ACTIVE }, 401: unknownAt(client) });
  const [user, project] = [hint('user'), hint('project')];
  if (user === undefined || project === undefined || /(?:^|\/)\.\.?(?:\/|$)/.test(project))
    return unsupported('The package registry of this GitLab is turned off, and its user name or project is not known.');
  const path = `/${project.split('/').map(encodeURIComponent).join('/')}.git/info/refs`;
  const response = await client.request({ path, query: { service: 'git-upload-pack' }, basic: [user, token] });
  if (response.status === 200 && response.text.includes('# service=git-upload-pack')) return { status: ACTIVE };
  if (response.status === 200) return unexpected(200);
  return resultByStatus(response.status, {
    401: unknownAt(client),
    403: { status: ACTIVE, details: { notes: ['It is valid, but may not read that repository.'] } },
  });
}

async function revoke({ facts, hint }: VerifiedCredential, { client, ownToken }: RemediationContext): Promise<Plan> {
  const id = /^gitlab\+deploy-token-(\d{1,12})$/.exec(hint('user') ?? '')?.[1];
  const project = facts.project ?? hint('project');
  if (ownToken === undefined)
    return cannot('It needs a token of a maintainer of the project or an owner of the group (GLAIVE_GITLAB_TOKEN).');
  if (id === undefined || (project === undefined && facts.group === undefined))
    return cannot('Its user name (gitlab+deploy-token-N) and its project are needed, and were not found next to it.');
  const owner = project === undefined ? `groups/${facts.group}` : `projects/${encodedProject(project)}`;
  return {
    kind: 'possible',
    how: `DELETE /${owner}/deploy_tokens/${id}, with glaive's own token`,
    effects: ['It ends for good. Pulls of code, packages and images that use it fail from then on.'],
    async run() {
      const path = `/api/v4/${owner}/deploy_tokens/${id}`;
      assertSuccess(await client.request({ method: 'DELETE', path, bearer: ownToken }));
      return {};
    },
  };
}

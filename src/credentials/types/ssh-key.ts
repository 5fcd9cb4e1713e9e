/**
 * SSH keys. GitLab shows the public keys of a user to everyone (`https://HOST/USER.keys`), and the deploy keys of a project to its
 * maintainers, who can delete them (doc/api/deploy_keys.md).
 */

import { sshFingerprint } from '../../lib/ssh-fingerprint.ts';
import { errorFromFields } from '../../gitlab/api-errors.ts';
import { encodedProject } from '../../gitlab/project-path.ts';
import { defined } from '../../lib/defined.ts';
import { isRecord } from '../../lib/is-record.ts';
import { ACTIVE, EXPIRED, unexpected, unknownAt, unsupported } from '../check-result.ts';
import type {
  CheckedType,
  CheckResult,
  Credential,
  Plan,
  RemediationContext,
  VerifiedCredential,
  VerifyContext,
} from '../credential-type.ts';
import { assertSuccess, cannot, never } from '../plans.ts';
import { idOf, isPast, projectOf } from '../response-fields.ts';

export const sshKey = {
  issuer: 'gitlab',
  verify,
  revoke,
  rotate: never('Create a new key, replace the old one where it is used, then revoke this one.'),
} as const satisfies CheckedType;

async function verify(credential: Credential, context: VerifyContext): Promise<CheckResult> {
  const { facts, hint } = credential;
  const { client, clean } = context;
  if (facts.keyFingerprint === undefined)
    return unsupported('Its public key cannot be derived, so there is nothing to compare.');
  const deployKey = await findDeployKey(credential, context);
  if (deployKey?.result !== undefined) return deployKey.result;
  const user = hint('user');
  if (user === undefined)
    return unsupported(
      deployKey?.failure ?? 'Nothing next to it names its owner; an administrator can look up its fingerprint.',
    );
  const { status, text } = await client.request({
    path: `/${encodeURIComponent(user)}.keys`,
    headers: { accept: 'text/plain' },
  });
  if (status !== 200 && status !== 404) return unexpected(status);
  if (!text.split('\n').some((line) => fingerprintOf(line) === facts.keyFingerprint)) return unknownAt(client);
  return { status: ACTIVE, details: { owner: { kind: 'human', ...defined({ name: clean(user) }) } } };
}

type DeployKey =
  | { readonly result: CheckResult; readonly failure?: never }
  | { readonly failure: string; readonly result?: never };

/** Among the deploy keys of the project named next to it, if glaive's own token may read them (lib/api/deploy_keys.rb). */
async function findDeployKey(
  credential: Credential,
  { getWithOwnToken, clean }: VerifyContext,
): Promise<DeployKey | undefined> {
  const project = projectOf(credential);
  if (getWithOwnToken === undefined || project === undefined) return undefined;
  const { status, items, fields } = await getWithOwnToken(`/api/v4/projects/${project}/deploy_keys?per_page=100`);
  if (status !== 200)
    return { failure: `The deploy keys of its project could not be read: ${errorFromFields(status, fields).message}.` };
  const found = items
    .filter(isRecord)
    .find(({ key }) => typeof key === 'string' && fingerprintOf(key) === credential.facts.keyFingerprint);
  if (found === undefined) return undefined;
  const access = found['can_push'] === true ? 'It may push to the project.' : 'It may read the project.';
  const expires = found['expires_at'];
  return {
    result: {
      status: isPast(expires) ? EXPIRED : ACTIVE,
      details: {
        ...defined({
          id: idOf(found['id']),
          name: clean(found['title']),
          expiresAt: expires === null ? 'never' : clean(expires),
        }),
        owner: { kind: 'project' },
        notes: [`It is a deploy key. ${access}`],
      },
    },
  };
}

/** The fingerprint of the public key on a line. */
function fingerprintOf(line: string): string | undefined {
  const blob = /^(?:ssh|ecdsa|sk)-\S+ ([0-9A-Za-z+/]+=*)/.exec(line)?.[1];
  if (blob === undefined) return undefined;
  return sshFingerprint(Buffer.from(blob, 'base64'));
}

async function revoke({ hint, verdict }: VerifiedCredential, { client, ownToken }: RemediationContext): Promise<Plan> {
  const project = hint('project');
  const { id, owner } = verdict.verification;
  if (ownToken === undefined || project === undefined || id === undefined || owner?.kind !== 'project')
    return cannot('A key of a user is deleted by its user, on the page below.');
  const path = `/projects/${encodedProject(project)}/deploy_keys/${id}`;
  return {
    kind: 'possible',
    how: `DELETE ${path}, with glaive's own token`,
    effects: [
      'The key no longer gives access to this project. If it is a deploy key of other projects too, it still works there.',
    ],
    async run() {
      assertSuccess(await client.request({ method: 'DELETE', path: `/api/v4${path}`, bearer: ownToken }));
      return {};
    },
  };
}

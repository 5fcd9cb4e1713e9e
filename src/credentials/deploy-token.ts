/**
 * Deploy tokens. The Conan registry asks for no user name and no project
 * (lib/api/concerns/packages/conan/shared_endpoints.rb); where it is switched off, Git over HTTP is asked, once.
 */

import {
  ACTIVE,
  type Checked,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

const CHECK = '/api/v4/packages/conan/v1/users/check_credentials';

async function verify({ token, hint }: Credential, { probe }: VerifyContext): Promise<Checked> {
  const { status } = await probe.request({ path: CHECK, basic: ['x', token] });
  if (status === 200) return { status: ACTIVE };
  if (status === 401) return unknownAt(probe);
  if (status !== 404) return unclear(status);
  const [user, project] = [hint('user'), hint('project')];
  if (user === undefined || project === undefined || /(?:^|\/)\.\.?(?:\/|$)/.test(project))
    return unsupported('The package registry is switched off there, and its user name and project are not known.');
  const path = `/${project.split('/').map(encodeURIComponent).join('/')}.git/info/refs`;
  const reply = await probe.request({ path, query: { service: 'git-upload-pack' }, basic: [user, token] });
  if (reply.status === 200 && reply.text.includes('# service=git-upload-pack')) return { status: ACTIVE };
  if (reply.status === 403)
    return { status: ACTIVE, details: { notes: ['It is valid, and may not read that repository.'] } };
  return reply.status === 401 ? unknownAt(probe) : unclear(reply.status);
}

export const deployToken: Verifier = { verify };

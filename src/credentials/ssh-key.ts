/**
 * SSH keys: GitLab shows the public half of a user's keys to everybody (`https://HOST/USER.keys`), and those of a project to its
 * maintainers.
 */

import { createHash } from 'node:crypto';
import { errorFromFields } from '../gitlab/api-errors.ts';
import { isRecord } from '../lib/is-record.ts';
import {
  ACTIVE,
  type Checked,
  EXPIRED,
  idOf,
  known,
  projectOf,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify(suspect: Credential, context: VerifyContext): Promise<Checked> {
  const { facts, hint } = suspect;
  const { probe, clean } = context;
  if (facts.keyFingerprint === undefined)
    return unsupported('Its public half cannot be told, so that it cannot be compared.');
  const deployKey = await findDeployKey(suspect, context);
  if (typeof deployKey === 'object') return deployKey;
  const user = hint('user');
  if (user === undefined)
    return unsupported(
      deployKey ?? 'Whose it is does not stand beside it; its public half can be looked up as administrator.',
    );
  const { status, text } = await probe.request({
    path: `/${encodeURIComponent(user)}.keys`,
    headers: { accept: 'text/plain' },
  });
  if (status !== 200 && status !== 404) return unclear(status);
  if (!text.split('\n').some((line) => fingerprintOf(line) === facts.keyFingerprint)) return unknownAt(probe);
  const name = clean(user);
  return { status: ACTIVE, details: { owner: { kind: 'human', ...(name === undefined ? {} : { name }) } } };
}

/**
 * The deploy keys of the project that stands beside it, where glaive's own token may see them (lib/api/deploy_keys.rb). A text:
 * why they could not be asked.
 */
async function findDeployKey(
  suspect: Credential,
  { own, clean }: VerifyContext,
): Promise<Checked | string | undefined> {
  const project = projectOf(suspect);
  if (own === undefined || project === undefined) return undefined;
  const { status, items, fields } = await own(`/api/v4/projects/${project}/deploy_keys?per_page=100`);
  if (status !== 200)
    return `The deploy keys of its project could not be asked: ${errorFromFields(status, fields).message}.`;
  const found = items
    .filter(isRecord)
    .find(({ key }) => typeof key === 'string' && fingerprintOf(key) === suspect.facts.keyFingerprint);
  if (found === undefined) return undefined;
  const writes = found['can_push'] === true ? 'It may push to the project.' : 'It reads the project.';
  const until = found['expires_at'];
  return {
    status: typeof until === 'string' && Date.parse(until) <= Date.now() ? EXPIRED : ACTIVE,
    details: {
      ...known({
        id: idOf(found['id']),
        name: clean(found['title']),
        expiresAt: until === null ? 'never' : clean(until),
      }),
      owner: { kind: 'project' },
      notes: [`It is a deploy key. ${writes}`],
    },
  };
}

/** As OpenSSH shows it: `SHA256:` and base64 without padding. */
function fingerprintOf(line: string): string | undefined {
  const blob = /^(?:ssh|ecdsa|sk)-\S+ ([0-9A-Za-z+/]+=*)/.exec(line)?.[1];
  if (blob === undefined) return undefined;
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

export const sshKey: Verifier = { verify };

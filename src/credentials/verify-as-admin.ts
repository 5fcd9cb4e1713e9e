/**
 * A credential, by an administrator's token: `POST /admin/token` (lib/api/admin/token.rb). The credential goes in the body, to the
 * GitLab that glaive's own token belongs to. Each kind is presented in its own way (`present_with` in lib/authn/tokens/).
 */

import { asAdminTakesIt } from '../gitlab/admin-token.ts';
import { errorFromFields } from '../gitlab/api-errors.ts';
import { isRecord } from '../lib/is-record.ts';
import type { JsonClient } from '../http/json-client.ts';
import { ownerOf } from './access-token.ts';
import {
  ACTIVE,
  BLOCKED,
  type Checked,
  EXPIRED,
  idOf,
  known,
  REVOKED,
  type Credential,
  textsOf,
  unclear,
  unknownAt,
  unsupported,
  type VerifyContext,
} from './verifier.ts';
import { rankScopes } from './scopes.ts';

export async function verifyAsAdmin(
  { ruleId, token: secret, hint }: Credential,
  { probe, clean, bearer }: { readonly probe: JsonClient; readonly bearer: string } & Pick<VerifyContext, 'clean'>,
): Promise<Checked> {
  const token = asAdminTakesIt(ruleId, secret, hint('cookie'));
  if (token === undefined) return unsupported(NOT_ITS_KIND);
  const { status, fields } = await probe.request({
    method: 'POST',
    path: '/api/v4/admin/token',
    json: { token },
    bearer,
  });
  if (status === 401 || status === 403) {
    const { reason, message } = errorFromFields(status, fields);
    const why = reason === 'granular' ? [`GitLab refuses: ${message}.`] : [];
    return {
      ...unclear(status),
      details: { notes: ['--admin needs the token of an administrator, with the scope api (and admin_mode).', ...why] },
    };
  }
  // Another 404 is that of a GitLab that does not have it.
  if (status === 404) return isRecord(fields['message']) ? unknownAt(probe) : unsupported(NO_SUCH_API);
  if (status === 422) return unsupported(NOT_ITS_KIND);
  if (status !== 200 && status !== 201) return unclear(status);
  return statusOf(fields, clean);
}

const NOT_ITS_KIND = 'The API for administrators does not know its kind.';
const NO_SUCH_API = 'This GitLab has no API for administrators that knows tokens (17.5).';

/** What `present_with` gives: a user for what is reset with its user, a job for its token, else the token itself. */
function statusOf(fields: Readonly<Record<string, unknown>>, clean: VerifyContext['clean']): Checked {
  const notes = ['As an administrator sees it; the credential itself was not used.'];
  const { job, username, state } = fields;
  if (isRecord(job)) {
    const project = isRecord(job['pipeline']) ? idOf(job['pipeline']['project_id']) : undefined;
    const owner = isRecord(job['user']) ? ownerOf(job['user'], { clean }) : undefined;
    return { status: ACTIVE, details: { ...known({ id: idOf(job['id']), project, owner }), notes } };
  }
  if (typeof state === 'string' && typeof username === 'string') {
    const isBlocked = state !== 'active';
    const blocked = isBlocked ? ['Its owner is blocked, or may not sign in; the token is real.'] : [];
    return {
      status: isBlocked ? BLOCKED : ACTIVE,
      details: { owner: ownerOf(fields, { clean }), notes: [...notes, ...blocked] },
    };
  }
  const scopes = textsOf(fields['scopes'], { clean });
  const details = {
    ...known({
      id: idOf(fields['id']),
      name: clean(fields['name']),
      createdAt: clean(fields['created_at']),
      lastUsedAt: clean(fields['last_used_at']),
      expiresAt: clean(fields['expires_at']),
      scopes: scopes.length === 0 ? undefined : rankScopes(scopes),
    }),
    notes,
  };
  // That of an agent has a status; a runner has one too, and `active`, and both say whether it takes jobs.
  if (fields['revoked'] === true || fields['status'] === 'revoked') return { status: REVOKED, details };
  const isOfUser = fields['user_id'] !== undefined;
  if (fields['expired'] === true || isOver(fields['expires_at']) || (isOfUser && fields['active'] === false))
    return { status: EXPIRED, details };
  return { status: ACTIVE, details };
}

const isOver = (date: unknown): boolean => typeof date === 'string' && Date.parse(date) <= Date.now();

/**
 * Check and revocation by an administrator: `/admin/token` (lib/api/admin/token.rb). The credential is sent in the body to the
 * GitLab that glaive's own token belongs to. The API recognises types by their prefix (lib/authn/agnostic_token_identifier.rb),
 * and presents each in its own way (`present_with` in lib/authn/tokens/).
 */

import { errorFromFields } from '../gitlab/api-errors.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient } from '../http/json-client.ts';
import { defined } from '../lib/defined.ts';
import { isRecord } from '../lib/is-record.ts';
import {
  ACTIVE,
  BLOCKED,
  EXPIRED,
  OWNER_IS_BLOCKED,
  REVOKED,
  unexpected,
  unknownAt,
  unsupported,
} from './check-result.ts';
import type {
  Action,
  CheckResult,
  Credential,
  CredentialType,
  Plan,
  RemediationContext,
  VerifyContext,
} from './credential-type.ts';
import { assertSuccess, cannot } from './plans.ts';
import { idOf, isPast, ownerOf, textsOf } from './response-fields.ts';
import { rankScopes } from './scopes.ts';

const PATH = '/api/v4/admin/token';
const UNKNOWN_TYPE = 'The API for administrators does not know this type.';
const NO_SUCH_API = 'This GitLab has no API for administrators to look tokens up (17.5 or later).';

/** The API knows the type of registration tokens, and finds none of them. */
const REGISTRATION_TOKEN = 'GR1348941';

function adminFormOf({ adminForm }: CredentialType, credential: Credential): string | undefined {
  return credential.token.startsWith(REGISTRATION_TOKEN) ? undefined : adminForm?.(credential);
}

/** @throws ApiError */
export async function verifyByAdminApi(
  type: CredentialType,
  credential: Credential,
  { client, clean, bearer }: Pick<VerifyContext, 'clean'> & { readonly client: JsonClient; readonly bearer: string },
): Promise<CheckResult> {
  const token = adminFormOf(type, credential);
  if (token === undefined) return unsupported(UNKNOWN_TYPE);
  const { status, fields } = await client.request({ method: 'POST', path: PATH, json: { token }, bearer });
  if (status === 401 || status === 403) {
    const { reason, message } = errorFromFields(status, fields);
    const why = reason === 'granular' ? [`GitLab refused: ${message}.`] : [];
    return {
      ...unexpected(status),
      details: { notes: ['--admin needs the token of an administrator, with the scope api (and admin_mode).', ...why] },
    };
  }
  // Without a message object it is the 404 of a GitLab without this API.
  if (status === 404) return isRecord(fields['message']) ? unknownAt(client) : unsupported(NO_SUCH_API);
  if (status === 422) return unsupported(UNKNOWN_TYPE);
  if (status !== 200 && status !== 201) return unexpected(status);
  return resultFrom(fields, clean);
}

/** The response is a job for a job token, a user for a token that is reset with its user, and otherwise the token itself. */
function resultFrom(fields: Readonly<Record<string, unknown>>, clean: VerifyContext['clean']): CheckResult {
  const notes = ['Looked up by an administrator; the credential itself was not used.'];
  const { job, username, state } = fields;
  if (isRecord(job)) {
    const project = isRecord(job['pipeline']) ? idOf(job['pipeline']['project_id']) : undefined;
    const owner = isRecord(job['user']) ? ownerOf(job['user'], { clean }) : undefined;
    return { status: ACTIVE, details: { ...defined({ id: idOf(job['id']), project, owner }), notes } };
  }
  if (typeof state === 'string' && typeof username === 'string') {
    const isBlocked = state !== 'active';
    return {
      status: isBlocked ? BLOCKED : ACTIVE,
      details: { owner: ownerOf(fields, { clean }), notes: isBlocked ? [...notes, OWNER_IS_BLOCKED] : notes },
    };
  }
  const scopes = textsOf(fields['scopes'], { clean });
  const details = {
    ...defined({
      id: idOf(fields['id']),
      name: clean(fields['name']),
      createdAt: clean(fields['created_at']),
      lastUsedAt: clean(fields['last_used_at']),
      expiresAt: clean(fields['expires_at']),
      scopes: scopes.length === 0 ? undefined : rankScopes(scopes),
    }),
    notes,
  };
  // `status` is the token's own for an agent. For a runner, it and `active` only show whether the runner takes jobs.
  if (fields['revoked'] === true || fields['status'] === 'revoked') return { status: REVOKED, details };
  const belongsToUser = fields['user_id'] !== undefined;
  if (fields['expired'] === true || isPast(fields['expires_at']) || (belongsToUser && fields['active'] === false))
    return { status: EXPIRED, details };
  return { status: ACTIVE, details };
}

/** The plan for types without a way of their own, or if that is impossible. */
export function planByAdminApi(
  type: CredentialType,
  credential: Credential,
  { client, ownToken, useAdminApi, action }: RemediationContext & { readonly action: Action },
): Plan {
  if (!useAdminApi || ownToken === undefined)
    return cannot('It must be revoked by hand, or by an administrator with --admin.');
  const token = adminFormOf(type, credential);
  if (token === undefined) return cannot(UNKNOWN_TYPE);
  if (action === 'rotate') return cannot('It cannot be rotated: create a new one, then revoke this one.');
  return {
    kind: 'possible',
    how: "DELETE /admin/token, with glaive's own token",
    effects: ['It is revoked, expired or reset, depending on its type. Everything that uses it fails from then on.'],
    async run() {
      const response = await client.request({ method: 'DELETE', path: PATH, json: { token }, bearer: ownToken });
      // lib/authn/tokens/: a type that cannot be revoked this way, or the token of another user.
      if (response.status === 400) throw new ApiError('refused', 'GitLab does not revoke this type that way', 400);
      assertSuccess(response);
      return {};
    },
  };
}

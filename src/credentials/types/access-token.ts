/**
 * Personal, project, group, impersonation and service account access tokens. They check, revoke and rotate themselves under
 * `/personal_access_tokens/self`, with any scope (lib/api/personal_access_tokens/self_information.rb). A fine-grained token needs
 * a permission for each of these; a refusal for want of one changes nothing, and proves that the token works.
 */

import { missingPermissions } from '../../gitlab/api-errors.ts';
import { ApiError } from '../../http/api-error.ts';
import type { JsonResponse } from '../../http/json-client.ts';
import { defined } from '../../lib/defined.ts';
import { FINE_GRAINED, isFineGrained, type TokenOwner, type Verification } from '../../model/verification.ts';
import { ACTIVE, EXPIRED, resultOfRefusal, REVOKED, UNCLEAR, unexpected } from '../check-result.ts';
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
import { checkOAuthToken } from '../oauth-introspection.ts';
import { assertSuccess, cannot, newSecretOf } from '../plans.ts';
import { idOf, isPast, ownerOf, textsOf } from '../response-fields.ts';
import { rankScopes } from '../scopes.ts';

export const accessToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify,
  revoke,
  rotate,
} as const satisfies CheckedType;

const SELF = '/api/v4/personal_access_tokens/self';

const COUNTS_AS_USE = 'This check counts as a use: GitLab now shows it as "last used", from your IP address.';
const PERMISSIONS_ARE_NOT_LISTED =
  'It is a fine-grained token: GitLab lists its permissions only on the page of its user.';
const MAY_NOT_READ_ITSELF =
  'It is a fine-grained token without the permission Personal Access Token: Read; GitLab accepted the token and refused only that.';

async function verify(credential: Credential, context: VerifyContext): Promise<CheckResult> {
  const { client } = context;
  const bearer = credential.token;
  const response = await client.request({ path: SELF, bearer });
  // GitLab accepted an OAuth token, which has no page of this kind.
  if (response.status === 400 && response.isJson) return await checkOAuthToken(credential, context);
  if (missingPermissions(response.status, response.fields) !== undefined) return await fineGrained(bearer, context);
  if (response.status !== 200) return resultOfRefusal(response, client);
  const { fields } = response;
  if (idOf(fields['id']) === undefined || typeof fields['active'] !== 'boolean') return unexpected(response.status);
  if (fields['revoked'] === true) return { status: REVOKED };
  const scopes = rankScopes(textsOf(fields['scopes'], context));
  const details = {
    ...detailsOf(response, context),
    ...(scopes.length === 0 ? {} : { scopes }),
    notes: [...(isFineGrained(scopes) ? [PERMISSIONS_ARE_NOT_LISTED] : []), COUNTS_AS_USE],
  };
  if (!fields['active']) return { status: isPast(fields['expires_at']) ? EXPIRED : UNCLEAR, details };
  return {
    status: ACTIVE,
    details: { ...details, ...(await ownerAndReach(bearer, idOf(fields['user_id']), context)) },
  };
}

async function fineGrained(bearer: string, context: VerifyContext): Promise<CheckResult> {
  const user = await tryGet(bearer, context, '/api/v4/user');
  return {
    status: ACTIVE,
    details: {
      scopes: [FINE_GRAINED],
      ...(user === undefined ? {} : { owner: ownerOf(user.fields, context) }),
      notes: [MAY_NOT_READ_ITSELF, COUNTS_AS_USE],
    },
  };
}

/** Maintainer. */
const MIN_ACCESS_LEVEL = '40';
/** Groups and projects are counted up to this number. */
const PAGE_SIZE = 100;

async function ownerAndReach(
  bearer: string,
  id: string | undefined,
  context: VerifyContext,
): Promise<Pick<Verification, 'owner' | 'reach'>> {
  const user = await tryGet(bearer, context, '/api/v4/user');
  const associations = await tryGet(bearer, context, '/api/v4/personal_access_tokens/self/associations', {
    min_access_level: MIN_ACCESS_LEVEL,
    per_page: String(PAGE_SIZE),
  });
  const owner: TokenOwner =
    user === undefined ? { kind: 'unknown', ...defined({ id }) } : ownerOf(user.fields, context);
  const { groups, projects } = associations?.fields ?? {};
  if (!Array.isArray(groups) || !Array.isArray(projects)) return { owner };
  const isAtLeast = groups.length >= PAGE_SIZE || projects.length >= PAGE_SIZE;
  return { owner, reach: { groups: groups.length, projects: projects.length, isAtLeast } };
}

/** A further request about a token that works. Its failure does not change the result. */
async function tryGet(
  bearer: string,
  { client }: Pick<VerifyContext, 'client'>,
  path: string,
  query = {},
): Promise<JsonResponse | undefined> {
  try {
    const response = await client.request({ path, query, bearer });
    return response.status === 200 ? response : undefined;
  } catch {
    return undefined;
  }
}

function detailsOf({ fields }: JsonResponse, context: VerifyContext) {
  const { clean } = context;
  const ips = textsOf(fields['last_used_ips'], context);
  return defined({
    id: idOf(fields['id']),
    name: clean(fields['name']),
    createdAt: clean(fields['created_at']),
    expiresAt: fields['expires_at'] === null ? 'never' : clean(fields['expires_at']),
    lastUsedAt: clean(fields['last_used_at']),
    lastUsedIps: ips.length === 0 ? undefined : ips,
  });
}

const BELONGS_TO_APPLICATION = 'It is a token of an application: its user revokes it there.';
const MAY_BE_REFUSED = 'It is a fine-grained token: GitLab may refuse, and then nothing changes.';
const NOT_ITS_USER =
  "the server does not know glaive's own token, or that is neither of the same user nor of an administrator";
const MAY_ROTATE_ITSELF = new Set(['api', 'self_rotate']);

/** GitLab returns an id for each of its own access tokens, except to fine-grained ones that may not read themselves. */
function belongsToApplication({ verdict }: VerifiedCredential): boolean {
  const { id, scopes } = verdict.verification;
  return id === undefined && !isFineGrained(scopes);
}

const isRefused = ({ status, fields }: JsonResponse): boolean => missingPermissions(status, fields) !== undefined;

async function revoke(
  credential: VerifiedCredential,
  { client, ownToken, useAdminApi }: RemediationContext,
): Promise<Plan> {
  if (belongsToApplication(credential)) return cannot(BELONGS_TO_APPLICATION);
  const { token, verdict } = credential;
  const mayBeRefused = isFineGrained(verdict.verification.scopes);
  const adminToken = mayBeRefused && useAdminApi ? ownToken : undefined;
  const otherwise = adminToken === undefined ? '' : "; if refused, DELETE /admin/token, with glaive's own token";
  return {
    kind: 'possible',
    how: `DELETE /personal_access_tokens/self, with the token itself${otherwise}`,
    effects: [
      'It ends for good. Everything that uses it fails from then on.',
      ...(mayBeRefused && adminToken === undefined ? [MAY_BE_REFUSED] : []),
    ],
    async run() {
      const response = await client.request({ method: 'DELETE', path: SELF, bearer: token });
      if (adminToken === undefined || !isRefused(response)) assertSuccess(response);
      else
        assertSuccess(
          await client.request({ method: 'DELETE', path: '/api/v4/admin/token', json: { token }, bearer: adminToken }),
        );
      return {};
    },
  };
}

/** Only for tokens that are known to be active: rotating a revoked one makes GitLab revoke all tokens that descend from it. */
async function rotate(credential: VerifiedCredential, context: RemediationContext): Promise<Plan> {
  if (belongsToApplication(credential)) return cannot(BELONGS_TO_APPLICATION);
  const { token, verdict } = credential;
  const { client, ownToken, expires } = context;
  const { scopes = [], id, expiresAt } = verdict.verification;
  const date = expires ?? /^\d{4}-\d\d-\d\d/.exec(expiresAt ?? '')?.[0];
  if (date === undefined)
    return cannot(
      expiresAt === undefined
        ? 'Its expiry date cannot be read: choose one for the new token, --expires DATE.'
        : 'It never expires, which GitLab no longer allows: choose a date for the new token, --expires DATE.',
    );
  const effects = [
    `The new token has the same name, scopes and owner, and expires on ${date}.`,
    'Everything that uses the old token fails until it gets the new one.',
  ];
  const ownPath = ownToken === undefined || id === undefined ? undefined : `/personal_access_tokens/${id}/rotate`;
  const post = async (path: string, bearer: string): Promise<JsonResponse> =>
    await client.request({ method: 'POST', path, query: { expires_at: date }, bearer, returnsNewSecret: true });
  const rotateWithOwnToken = async (path: string): Promise<JsonResponse> => {
    const response = await post(`/api/v4${path}`, ownToken!); // `ownPath` exists only with one
    // GitLab responds the same for a token that it does not know, and for one without the right.
    if (response.status === 401 && response.fields['error'] === undefined)
      throw new ApiError('forbidden', NOT_ITS_USER, 401);
    return response;
  };
  const mayBeRefused = isFineGrained(scopes);
  if (mayBeRefused || scopes.some((scope) => MAY_ROTATE_ITSELF.has(scope))) {
    const fallback = mayBeRefused ? ownPath : undefined;
    return {
      kind: 'possible',
      how: `POST /personal_access_tokens/self/rotate, with the token itself${fallback === undefined ? '' : `; if refused, POST ${fallback}, with glaive's own token`}`,
      effects: [...effects, ...(mayBeRefused && fallback === undefined ? [MAY_BE_REFUSED] : [])],
      async run() {
        const response = await post(`${SELF}/rotate`, token);
        return newSecretOf(
          fallback !== undefined && isRefused(response) ? await rotateWithOwnToken(fallback) : response,
        );
      },
    };
  }
  if (ownPath === undefined)
    return cannot(
      'It may not rotate itself (scope api or self_rotate), and glaive has no token of its own to do it (GLAIVE_GITLAB_TOKEN).',
    );
  return {
    kind: 'possible',
    how: `POST ${ownPath}, with glaive's own token`,
    effects,
    run: async () => newSecretOf(await rotateWithOwnToken(ownPath)),
  };
}

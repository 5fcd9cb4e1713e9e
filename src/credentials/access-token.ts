/**
 * Personal, project, group, impersonation and service account access tokens. `GET /personal_access_tokens/self` works
 * with every scope (lib/api/personal_access_tokens/self_information.rb); asking counts as a use. A fine-grained token needs a
 * permission for it, and one that is refused for want of that has been let in before: it works.
 */

import { missingPermissions } from '../gitlab/api-errors.ts';
import type { JsonResponse } from '../http/json-client.ts';
import type { TokenOwner, Verification } from '../model/verification.ts';
import { verifyOAuthToken } from './oauth-token.ts';
import { FINE_GRAINED, isFineGrained } from '../model/verification.ts';
import { rankScopes } from './scopes.ts';
import {
  ACTIVE,
  type Checked,
  EXPIRED,
  idOf,
  known,
  refusal,
  REVOKED,
  type Credential,
  textsOf,
  UNCLEAR,
  unclear,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

const ASKING_IS_A_USE = 'Asking is a use: GitLab now shows this check as its last one, with this address.';
const ITS_SCOPES_SAY_NOTHING = 'It is a fine-grained token: its permissions are shown on the page of its user alone.';
const MAY_NOT_SEE_ITSELF =
  'It is a fine-grained token that may not see itself (permission Personal Access Token: Read): GitLab let it in, and refused only that.';
/** Maintainer. */
const MAINTAINER = '40';
/** Groups and projects that are listed; there may be more. */
const PAGE = 100;

async function verify(suspect: Credential, context: VerifyContext): Promise<Checked> {
  const { probe } = context;
  const bearer = suspect.token;
  const reply = await probe.request({ path: '/api/v4/personal_access_tokens/self', bearer });
  // An OAuth token is let in, and told that it is none of these.
  if (reply.status === 400 && reply.isJson) return await verifyOAuthToken(suspect, context);
  if (missingPermissions(reply.status, reply.fields) !== undefined) return await fineGrained(bearer, context);
  if (reply.status !== 200) return refusal(reply, probe);
  const { fields } = reply;
  if (idOf(fields['id']) === undefined || typeof fields['active'] !== 'boolean') return unclear(reply.status);
  if (fields['revoked'] === true) return { status: REVOKED };
  const scopes = rankScopes(textsOf(fields['scopes'], context));
  const details = {
    ...detailsOf(reply, context),
    ...known({ scopes: scopes.length === 0 ? undefined : scopes }),
    notes: [...(isFineGrained(scopes) ? [ITS_SCOPES_SAY_NOTHING] : []), ASKING_IS_A_USE],
  };
  if (!fields['active']) return { status: isOver(fields['expires_at']) ? EXPIRED : UNCLEAR, details };
  return { status: ACTIVE, details: { ...details, ...(await whoAndWhere(bearer, idOf(fields['user_id']), context)) } };
}

/** It works, and may not see itself. Whose it is needs a permission of its own. */
async function fineGrained(bearer: string, context: VerifyContext): Promise<Checked> {
  const user = await inQuestion(bearer, context, '/api/v4/user');
  return {
    status: ACTIVE,
    details: {
      scopes: [FINE_GRAINED],
      ...(user === undefined ? {} : { owner: ownerOf(user.fields, context) }),
      notes: [MAY_NOT_SEE_ITSELF, ASKING_IS_A_USE],
    },
  };
}

/** One more request about a token that works; one that fails tells nothing, and does not matter. */
async function inQuestion(
  bearer: string,
  { probe }: Pick<VerifyContext, 'probe'>,
  path: string,
  query = {},
): Promise<JsonResponse | undefined> {
  try {
    const reply = await probe.request({ path, query, bearer });
    return reply.status === 200 ? reply : undefined;
  } catch {
    return undefined;
  }
}

/** At most two more requests. */
async function whoAndWhere(
  bearer: string,
  id: string | undefined,
  context: VerifyContext,
): Promise<Pick<Verification, 'owner' | 'reach'>> {
  const user = await inQuestion(bearer, context, '/api/v4/user');
  const associations = await inQuestion(bearer, context, '/api/v4/personal_access_tokens/self/associations', {
    min_access_level: MAINTAINER,
    per_page: String(PAGE),
  });
  const owner = user === undefined ? known({ kind: 'unknown' as const, id }) : ownerOf(user.fields, context);
  const { groups, projects } = associations?.fields ?? {};
  const isListed = Array.isArray(groups) && Array.isArray(projects);
  return {
    owner: owner as TokenOwner, // it has a kind
    ...(isListed
      ? {
          reach: {
            groups: groups.length,
            projects: projects.length,
            isAtLeast: groups.length >= PAGE || projects.length >= PAGE,
          },
        }
      : {}),
  };
}

/** Bots are known by the names that GitLab gives them (doc/user/project/settings/project_access_tokens.md). */
export function ownerOf(user: Readonly<Record<string, unknown>>, { clean }: Pick<VerifyContext, 'clean'>): TokenOwner {
  const name = clean(user['username']);
  const kind =
    name === undefined
      ? 'unknown'
      : /^project_\d+_bot/.test(name)
        ? 'project bot'
        : /^group_\d+_bot/.test(name)
          ? 'group bot'
          : name.startsWith('service_account_')
            ? 'service account'
            : 'human';
  return {
    kind,
    ...known({ name, id: idOf(user['id']), isAdmin: user['is_admin'] === true ? (true as const) : undefined }),
  };
}

function detailsOf({ fields }: JsonResponse, context: VerifyContext) {
  const { clean } = context;
  const ips = textsOf(fields['last_used_ips'], context);
  return known({
    id: idOf(fields['id']),
    name: clean(fields['name']),
    createdAt: clean(fields['created_at']),
    expiresAt: fields['expires_at'] === null ? 'never' : clean(fields['expires_at']),
    lastUsedAt: clean(fields['last_used_at']),
    lastUsedIps: ips.length === 0 ? undefined : ips,
  });
}

const isOver = (date: unknown): boolean => typeof date === 'string' && Date.parse(date) <= Date.now();

export const accessToken: Verifier = { verify };

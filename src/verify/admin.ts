/**
 * Any kind of credential, by an administrator's token: `POST /admin/token` (lib/api/admin/token.rb, doc/api/admin/token.md).
 * The credential goes in the body, to the GitLab that glaive's own token belongs to.
 */

import type { Probe } from '../net/probe.ts';
import {
  ACTIVE,
  type Checked,
  EXPIRED,
  idOf,
  known,
  REVOKED,
  type Suspect,
  textsOf,
  unclear,
  unknownAt,
  unsupported,
  type VerifyContext,
} from './verifier.ts';
import { rankScopes } from './scopes.ts';

export async function verifyAsAdmin(
  { token }: Suspect,
  { probe, clean, bearer }: { readonly probe: Probe; readonly bearer: string } & Pick<VerifyContext, 'clean'>,
): Promise<Checked> {
  const { status, fields } = await probe.ask({ method: 'POST', path: '/api/v4/admin/token', json: { token }, bearer });
  if (status === 401 || status === 403)
    return {
      ...unclear(status),
      details: { notes: ['--admin needs the token of an administrator, with the scope api (and admin_mode).'] },
    };
  if (status === 404) return unknownAt(probe);
  if (status === 422) return unsupported('The administrator API does not know its kind.');
  if (status !== 200 && status !== 201) return unclear(status);
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
    notes: ['As an administrator sees it; the credential itself was not used.'],
  };
  if (fields['revoked'] === true) return { status: REVOKED, details };
  if (fields['expired'] === true || isOver(fields['expires_at'])) return { status: EXPIRED, details };
  return { status: ACTIVE, details };
}

const isOver = (date: unknown): boolean => typeof date === 'string' && Date.parse(date) <= Date.now();

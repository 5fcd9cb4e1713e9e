/** Tokens of Vault and OpenBao: `auth/token/lookup-self`, which is no use of the token that counts. */

import {
  ACTIVE,
  type Checked,
  known,
  type Suspect,
  textsOf,
  unclear,
  unknownAt,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token }: Suspect, { probe, clean }: VerifyContext): Promise<Checked> {
  const { status, fields } = await probe.ask({
    path: '/v1/auth/token/lookup-self',
    headers: { 'x-vault-token': token },
  });
  if (status === 403) return unknownAt(probe);
  const { data } = fields;
  if (status !== 200 || typeof data !== 'object' || data === null) return unclear(status);
  const { policies, display_name: name, expire_time: expires } = data as Record<string, unknown>;
  return {
    status: ACTIVE,
    details: {
      ...known({ name: clean(name), expiresAt: expires === null ? 'never' : clean(expires) }),
      scopes: textsOf(policies, { clean }),
      notes: [],
    },
  };
}

export const vaultToken: Verifier = { issuer: 'vault', verify };

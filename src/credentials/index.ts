/** Finds the credential type of a rule. Each type is loaded when it is first needed. */

import type { CredentialTypeName } from '../model/credential-type-name.ts';
import { builtinRules } from '../rules/builtin.ts';
import type { CredentialType } from './credential-type.ts';

const TYPES = {
  'access-token': async () => (await import('./types/access-token.ts')).accessToken,
  'admin-only': async () => (await import('./types/admin-only.ts')).adminOnly,
  'deploy-token': async () => (await import('./types/deploy-token.ts')).deployToken,
  'feature-flags-token': async () => (await import('./types/feature-flags-token.ts')).featureFlagsToken,
  'feed-token': async () => (await import('./types/feed-token.ts')).feedToken,
  'job-jwt': async () => (await import('./types/job-jwt.ts')).jobJwt,
  'job-token': async () => (await import('./types/job-token.ts')).jobToken,
  jwt: async () => (await import('./types/jwt.ts')).jwt,
  'oauth-secret': async () => (await import('./types/oauth-secret.ts')).oauthSecret,
  'oauth-token': async () => (await import('./types/oauth-token.ts')).oauthToken,
  'registration-token': async () => (await import('./types/registration-token.ts')).registrationToken,
  'routable-token': async () => (await import('./types/routable-token.ts')).routableToken,
  'runner-token': async () => (await import('./types/runner-token.ts')).runnerToken,
  'scim-token': async () => (await import('./types/scim-token.ts')).scimToken,
  'session-cookie': async () => (await import('./types/session-cookie.ts')).sessionCookie,
  'ssh-key': async () => (await import('./types/ssh-key.ts')).sshKey,
  'trigger-token': async () => (await import('./types/trigger-token.ts')).triggerToken,
  'vault-token': async () => (await import('./types/vault-token.ts')).vaultToken,
} satisfies Record<CredentialTypeName, () => Promise<CredentialType>>;

/** Of rules that name no type, and of rules that are not built in. */
const UNCHECKED: CredentialType = { issuer: 'none', reason: 'glaive knows no read-only request for this type.' };

export async function credentialTypeOf(ruleId: string): Promise<CredentialType> {
  const name = builtinRules().find(({ id }) => id === ruleId)?.credential;
  return name === undefined ? UNCHECKED : await TYPES[name]();
}

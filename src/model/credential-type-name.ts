/** The types of credentials that glaive can check, revoke or rotate; `credentials/types/` has one file for each. */

export const CREDENTIAL_TYPES = [
  'access-token',
  'admin-only',
  'deploy-token',
  'feature-flags-token',
  'feed-token',
  'job-jwt',
  'job-token',
  'jwt',
  'oauth-secret',
  'oauth-token',
  'registration-token',
  'routable-token',
  'runner-token',
  'scim-token',
  'session-cookie',
  'ssh-key',
  'trigger-token',
  'vault-token',
] as const;
export type CredentialTypeName = (typeof CREDENTIAL_TYPES)[number];

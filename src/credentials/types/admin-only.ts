/** Tokens of package registries, Kubernetes agents and incoming email: only an administrator can check or revoke them by API. */

import { asIs, type UncheckedType } from '../credential-type.ts';

export const adminOnly = {
  issuer: 'none',
  reason: 'GitLab has no read-only request for this type; an administrator can check it with --admin.',
  adminForm: asIs,
} as const satisfies UncheckedType;

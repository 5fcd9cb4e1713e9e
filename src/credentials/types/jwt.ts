/** Other JSON Web Tokens of GitLab. Their expiry is in the token itself, and no request checks them. */

import type { UncheckedType } from '../credential-type.ts';

export const jwt = {
  issuer: 'none',
  reason: 'By its own expiry claim it is still valid; no request can check it.',
} as const satisfies UncheckedType;

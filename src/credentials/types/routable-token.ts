/** Routable tokens with a prefix that no rule knows, such as an instance's own. They are checked as access tokens. */

import { asIs, type CheckedType } from '../credential-type.ts';
import { accessToken } from './access-token.ts';

export const routableToken = {
  issuer: 'gitlab',
  adminForm: asIs,
  verify: accessToken.verify,
} as const satisfies CheckedType;

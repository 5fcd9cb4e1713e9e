/** OAuth access tokens. They look like old personal access tokens, so one request for those distinguishes the two. */

import type { CheckedType } from '../credential-type.ts';
import { accessToken } from './access-token.ts';

export const oauthToken = { issuer: 'gitlab', verify: accessToken.verify } as const satisfies CheckedType;

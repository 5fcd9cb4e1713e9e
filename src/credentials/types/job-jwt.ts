/** Job tokens in the form of a JWT. They work as other job tokens do, but the admin API does not know them. */

import type { CheckedType } from '../credential-type.ts';
import { jobToken } from './job-token.ts';

const { adminForm: _, ...rest } = jobToken;
export const jobJwt = rest satisfies CheckedType;

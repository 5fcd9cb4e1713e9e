/** The checks that a rule may name: one file each, and one line here. */

import type { CheckName } from '../../model/rule.ts';
import type { Check } from './check.ts';
import { checkDevise } from './devise.ts';
import { checkJwt } from './jwt.ts';
import { checkU128 } from './u128.ts';

export const checks: Readonly<Record<CheckName, Check>> = {
  devise: checkDevise,
  jwt: checkJwt,
  u128: checkU128,
};

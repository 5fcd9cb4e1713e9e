/** The checks that a rule may name: each has a file of its own, and a line here. */

import type { CheckName } from '../../../model/rule.ts';
import type { Check } from './check.ts';
import { checkDevise } from './devise.ts';
import { checkConanJwt, checkDependencyProxyJwt, checkIdJwt, checkJobJwt, checkJwt, checkRegistryJwt } from './jwt.ts';
import { checkNotWords } from './not-words.ts';
import { checkPassword } from './password.ts';
import { checkUnprefixed } from './unprefixed.ts';
import { checkU128 } from './u128.ts';

export const checks: Readonly<Record<CheckName, Check>> = {
  devise: checkDevise,
  jwt: checkJwt,
  'jwt-conan': checkConanJwt,
  'jwt-dependency-proxy': checkDependencyProxyJwt,
  'jwt-id': checkIdJwt,
  'jwt-job': checkJobJwt,
  'jwt-registry': checkRegistryJwt,
  'not-words': checkNotWords,
  password: checkPassword,
  u128: checkU128,
  unprefixed: checkUnprefixed,
};

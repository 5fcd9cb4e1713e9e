/** Finds the credential type of a rule. */

import { CREDENTIAL_TYPES } from '../generated/credential-types.ts';
import { builtinRules } from '../rules/builtin.ts';
import type { CredentialType } from './credential-type.ts';

/** The type of rules that name none, and of custom rules. */
const UNCHECKED: CredentialType = { issuer: 'none', reason: 'glaive knows no read-only request for this type.' };

export async function credentialTypeOf(ruleId: string): Promise<CredentialType> {
  const name = builtinRules().find(({ id }) => id === ruleId)?.credential;
  return name === undefined ? UNCHECKED : await CREDENTIAL_TYPES.get(name)!(); // `npm run generate` has checked the names
}

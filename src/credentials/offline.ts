/** What nobody can be asked about. That a JWT has expired is known before. */

import { asAdminTakesIt } from '../gitlab/admin-token.ts';
import { type Checked, type Credential, unsupported, type Verifier } from './verifier.ts';

const nobody = (why: (suspect: Credential) => string): Verifier => ({
  issuer: 'nobody',
  verify: async (suspect): Promise<Checked> => unsupported(why(suspect)),
});

export const jwt: Verifier = nobody(() => 'It has not expired, as it tells itself; nobody is asked about it.');
export const noRequest: Verifier = nobody(({ ruleId, token }) =>
  asAdminTakesIt(ruleId, token, undefined) === undefined
    ? 'glaive knows no request that says so without doing something.'
    : 'No request says so without doing something; an administrator of the GitLab can ask for it: --admin.',
);

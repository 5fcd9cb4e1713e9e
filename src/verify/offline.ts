/** What nobody can be asked about. That a JWT has expired is known before. */

import { type Checked, unsupported, type Verifier } from './verifier.ts';

const nobody = (why: string): Verifier => ({
  issuer: 'nobody',
  verify: async (): Promise<Checked> => unsupported(why),
});

export const jwt: Verifier = nobody('It has not expired, as it tells itself; nobody is asked about it.');
export const noRequest: Verifier = nobody(
  'No request tells without doing something; an administrator of the GitLab can ask for it: --admin.',
);

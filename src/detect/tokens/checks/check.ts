/** What a check is; `index.ts` lists them. */

import type { Evidence } from '../../../model/candidate.ts';

/** What a check found out; what it leaves out stays as it is for a body without a check. */
export type CheckResult = Partial<Pick<Evidence, 'generator' | 'content' | 'facts'>> & {
  /** It is no credential at all. */
  readonly rejected?: true;
  /** How much of the body is the credential's, where what follows it was taken for a part of it. */
  readonly length?: number;
};

/** A check receives the body that the pattern captured, one character a byte. */
export type Check = (body: string) => CheckResult;

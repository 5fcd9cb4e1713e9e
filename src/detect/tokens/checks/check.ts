/** The type of checks; `index.ts` lists them. */

import type { Evidence } from '../../../model/candidate.ts';

/** The result of a check. A property that it omits has the value for a body without a check. */
export type CheckResult = Partial<Pick<Evidence, 'generator' | 'content' | 'facts'>> & {
  /** The body is no credential. */
  readonly rejected?: true;
  /** The length of the credential, if the pattern matched more than it. */
  readonly length?: number;
};

/** A check receives the body that the pattern captured, one character a byte. */
export type Check = (body: string) => CheckResult;

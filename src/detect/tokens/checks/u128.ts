/** A 128-bit number in base36: at most 25 digits, and not any 25 digits. Source: GitLab app/models/user.rb. */

import type { CheckResult } from './check.ts';

/** 2^128 - 1 in base36. */
const LARGEST = 'f5lxx1zz5pnorynqglhzmsp33';

export function checkU128(body: string): CheckResult {
  const fits = body.length < LARGEST.length || (body.length === LARGEST.length && body <= LARGEST);
  return {
    // A leading zero is never written.
    generator: body.startsWith('0') ? 'impossible' : 'possible',
    // The last digit of a number that is too large belongs to the text behind it.
    ...(fits ? {} : { length: LARGEST.length - 1 }),
  };
}

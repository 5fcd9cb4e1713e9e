/**
 * Devise's friendly token: URL-safe base64 in which `l I O 0` are replaced by `s x y z`. A body with one of the four was
 * not made by the generator. It may have been set by hand, so its confidence is lowered, and it is not dropped.
 * Source: heartcombo/devise lib/devise.rb.
 */

import type { CheckResult } from './check.ts';

const REPLACED = /[lIO0]/;

export function checkDevise(body: string): CheckResult {
  return { generator: REPLACED.test(body) ? 'impossible' : 'possible' };
}

/** A password that was generated: of several kinds of characters, and not made of words, as paths, versions and identifiers are. */

import type { CheckResult } from './check.ts';
import { checkNotWords } from './not-words.ts';

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9\s._:/%-]/];
const KINDS_MIN = 3;
/** Calls, paths and addresses are no passwords. */
const IS_CODE = /^[\w.]+\(|^\.{0,2}\/|[()[\]]|::|:\/\//;

export function checkPassword(body: string): CheckResult {
  if (KINDS.filter((kind) => kind.test(body)).length < KINDS_MIN || IS_CODE.test(body)) return { rejected: true };
  return checkNotWords(body.replace(/[^A-Za-z0-9]/g, '')).rejected === true ? { rejected: true } : {};
}

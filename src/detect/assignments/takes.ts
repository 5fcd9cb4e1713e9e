/** The kinds of values that forms have. */

import type { AssignedForm } from '../../model/rule.ts';

const HEX = /^[0-9a-f]+$/;

/** A runner's token without `glrt-`: its type, and what Devise's generator has made. */
const RUNNER = /^t[123]_/;
/** Characters of such a token. */
export const RUNNER_LENGTH = 23;

/** What a value looks like, in the words of forms: `devise:20`. */
export function kindOf(value: string): string {
  const kind = HEX.test(value) ? 'hex' : RUNNER.test(value) && value.length === RUNNER_LENGTH ? 'runner' : 'devise';
  return `${kind}:${value.length}`;
}

/** Whether a form has values of a kind. */
export function takes({ values }: AssignedForm, kind: string): boolean {
  return values.includes(kind);
}

/** Whether a form has such values. */

import type { AssignedForm } from '../../model/rule.ts';

const HEX = /^[0-9a-f]+$/;

/** A runner's token without `glrt-`: its type, and what Devise's generator has made. */
const RUNNER = /^t[123]_/;
/** Characters of such a token. */
export const RUNNER_LENGTH = 23;

export function takes({ values }: AssignedForm, value: string): boolean {
  const kind = HEX.test(value) ? 'hex' : RUNNER.test(value) && value.length === RUNNER_LENGTH ? 'runner' : 'devise';
  return values.includes(`${kind}:${value.length}`);
}

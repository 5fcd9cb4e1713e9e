/** Whether a form has such values. */

import type { AssignedForm } from '../../model/rule.ts';

const HEX = /^[0-9a-f]+$/;

export function takes({ values }: AssignedForm, value: string): boolean {
  return values.includes(`${HEX.test(value) ? 'hex' : 'devise'}:${value.length}`);
}

/** The credential types that rules name. */

import { describe, expect, it } from 'vitest';
import { credentialTypeOf } from '../../../src/credentials/index.ts';
import { CREDENTIAL_TYPES } from '../../../src/generated/credential-types.ts';
import { builtinRules } from '../../../src/rules/builtin.ts';

it.each(builtinRules().map(({ id }) => id))(
  '%s: the message names --admin exactly if the admin API knows the type',
  async (id) => {
    const type = await credentialTypeOf(id);
    if (type.issuer !== 'none') return;
    expect(type.reason.includes('--admin')).toBe(type.adminForm !== undefined);
  },
);

describe('the names of credential types', () => {
  it.each([...CREDENTIAL_TYPES.keys()])('a rule names %s', (name) => {
    expect(builtinRules().some(({ credential }) => credential === name)).toBe(true);
  });
});

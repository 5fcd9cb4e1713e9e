/** What is said where no request is made. */

import { expect, it } from 'vitest';
import { asAdminTakesIt } from '../../../src/gitlab/admin-token.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { verifierOf } from '../../../src/credentials/verifiers.ts';
import type { VerifyContext } from '../../../src/credentials/verifier.ts';

it.each(builtinRuleset().rules.map(({ id }) => id))(
  '%s: an administrator is named where one can be asked',
  async (id) => {
    const verifier = await verifierOf(id);
    if (verifier.issuer !== 'nobody') return;
    const suspect = { ruleId: id, token: 'x', facts: {}, hint: () => undefined };
    const { details } = await verifier.verify(suspect, {} as VerifyContext); // it asks nobody
    const canBeTold = asAdminTakesIt(id, 'x', undefined) !== undefined;
    expect(details?.notes?.join(' ').includes('--admin')).toBe(canBeTold);
  },
);

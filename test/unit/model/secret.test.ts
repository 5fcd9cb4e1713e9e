/** A secret cannot be printed by accident. */

import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { MASK, Secret } from '../../../src/model/secret.ts';

it('every implicit way to text gives the mask', () => {
  const value = ['not', 'a', 'token'].join('-');
  const secret = new Secret(value);
  const shown = [
    // oxlint-disable-next-line typescript/restrict-template-expressions -- the accident to guard against
    `${secret}`,
    String(secret),
    secret + '',
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true, depth: 9 }),
  ];
  for (const text of shown) {
    expect(text).toContain(MASK);
    expect(text).not.toContain(value);
  }
  expect(Object.keys(secret)).toEqual([]);
  expect(structuredClone({ ...secret })).toEqual({});
  expect(secret.reveal()).toBe(value);
});

/** Which answers say that a token is not known: these, letter by letter, and no other. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonResponse } from '../../../src/http/json-client.ts';
import { errorsOf, isDeniedByPolicy, isUnknownToken } from '../../../src/vault/responses.ts';

const reply = (status: number, fields: JsonResponse['fields']): JsonResponse => ({
  status,
  fields,
  isJson: true,
  items: [],
  text: '',
});

/** As go-multierror writes a list. */
const several = (texts: readonly string[]): string =>
  `${texts.length} error${texts.length === 1 ? '' : 's'} occurred:\n\t* ${texts.join('\n\t* ')}\n\n`;

const UNKNOWN = new Set([
  'permission denied',
  'bad token',
  'invalid token',
  several(['invalid token']),
  several(['bad token']),
  several(['permission denied', 'invalid token']),
  several(['invalid token', 'permission denied']),
  several(['permission denied', 'bad token']),
  several(['bad token', 'permission denied']),
]);

const WORDS = ['permission denied', 'invalid token', 'bad token', 'x', ' permission denied', 'permission denied\n', ''];
const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 2 }).map(several),
  fc.constantFrom(...UNKNOWN),
  fc.string(),
);

it('a token is unknown by the exact words, with 403 alone, and one text alone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(200, 400, 401, 403, 403, 403, 404, 503),
      fc.array(text, { maxLength: 2 }),
      (status, texts) => {
        const is = status === 403 && texts.length === 1 && UNKNOWN.has(texts[0]!);
        expect(isUnknownToken(reply(status, { errors: texts }))).toBe(is);
        // The response for a known token is different.
        if (isDeniedByPolicy(reply(status, { errors: texts }))) expect(is).toBe(false);
      },
    ),
    { numRuns: 3000 },
  );
});

it('any other content is not such a response', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (errors) => {
      fc.pre(!Array.isArray(errors) || errors.length !== 1 || typeof errors[0] !== 'string' || !UNKNOWN.has(errors[0]));
      expect(isUnknownToken(reply(403, { errors }))).toBe(false);
    }),
  );
});

it('a list of errors is taken apart', () => {
  const words = fc.stringMatching(/^[a-z ():"]{1,20}$/);
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 4 }), (texts) => {
      expect(errorsOf(reply(400, { errors: [several(texts)] }))).toEqual(texts);
    }),
  );
});
